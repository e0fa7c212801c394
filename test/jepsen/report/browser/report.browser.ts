import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assert } from '../../../../src/util/assert.js';
import { makeTemporaryFolder, removeFolder } from '../../../support/temporary-folder.js';
import { renderReport } from '../report.js';
import { syntheticRun } from '../synthetic.js';
import { Chromium, findChromium } from './chromium.js';
import { FAINT_TEXTS } from './contrast.js';

// `make jepsen-report-test`: reports in a headless Chromium. SCREENSHOTS=DIR keeps pictures of the pages.

const SECTIONS = ['summary', 'verdicts', 'anomalies', 'timeline', 'repeat'];
/** Longest load of a report with 200,000 calls, in ms. Mostly 0.2 s. */
const LOAD_MS_MAX = 3000;

describe('report in Chromium', () => {
  let folder: string;
  let chromium: Chromium;

  before(async () => {
    const program = findChromium();
    assert(program !== undefined, 'there is no chromium on the PATH (Debian: chromium)');
    folder = makeTemporaryFolder('report');
    chromium = await Chromium.start(program);
  });

  after(async () => {
    await chromium.close();
    removeFolder(folder);
  });

  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [1280, 420]) {
      it(`shows all sections in a ${scheme} window of ${width} pixels, readable and without errors`, async () => {
        const url = page('violated', renderReport(syntheticRun({ violated: true })));
        await open(url, scheme, width);
        expect(await chromium.evaluate(`[...document.querySelectorAll('section')].map(({ id }) => id)`)).to.deep.equal(
          SECTIONS,
        );
        expect(
          await chromium.evaluate(`document.documentElement.scrollWidth <= innerWidth`),
          'wider than the window',
        ).to.equal(true);
        expect(await chromium.evaluate(FAINT_TEXTS)).to.deep.equal([]);
        const dark = await chromium.evaluate(
          `parseInt(getComputedStyle(document.body).backgroundColor.slice(4)) < 128`,
        );
        expect(dark).to.equal(scheme === 'dark');
        await keepPicture(`violated-${scheme}-${width}`);
        expectQuiet(url);
      });
    }
  }

  it('lets the switch win over the system, and keeps the choice for other reports', async () => {
    const url = page('switch', renderReport(syntheticRun()));
    await open(url, 'light', 1280);
    const ground = `getComputedStyle(document.body).backgroundColor`;
    const light = await chromium.evaluate(ground);
    await chromium.evaluate(`document.getElementById('theme-dark').click()`);
    const dark = await chromium.evaluate(ground);
    expect(dark).not.to.equal(light);
    await open(page('other', renderReport(syntheticRun())), 'light', 1280);
    expect(await chromium.evaluate(ground)).to.equal(dark);
    await chromium.evaluate(`document.getElementById('theme-auto').click()`);
    expect(await chromium.evaluate(ground)).to.equal(light);
  });

  it('hides a kind of call, and shows the figures of a time, with the keyboard alone', async () => {
    await open(page('keys', renderReport(syntheticRun())), 'light', 1280);
    const display = `getComputedStyle(document.querySelector('g.kind[data-kind=read]')).display`;
    expect(await chromium.evaluate(display)).to.equal('inline');
    await chromium.evaluate(`document.querySelector('button[data-toggle=read]').focus()`);
    await press('Enter');
    expect(await chromium.evaluate(display)).to.equal('none');
    await chromium.evaluate(`document.querySelector('.scroll:has(#latency-title)').focus()`);
    await press('ArrowRight');
    await press('ArrowRight');
    expect(await chromium.evaluate(`document.getElementById('readout').textContent`)).to.match(
      /^0\.\d+ s · \d+ calls\/s/,
    );
    await press('Escape');
    expect(await chromium.evaluate(`document.getElementById('readout').hidden`)).to.equal(true);
  });

  it('names every drawing, control and region for a screen reader', async () => {
    await open(page('names', renderReport(syntheticRun({ violated: true }))), 'light', 1280);
    const { nodes } = (await chromium.call('Accessibility.getFullAXTree')) as { nodes: readonly AccessibleNode[] };
    const roles = new Set(['image', 'button', 'radio', 'region', 'link', 'group', 'navigation', 'table']);
    const seen = nodes.filter(({ ignored, role }) => !ignored && roles.has(role?.value ?? ''));
    expect(seen.filter(({ role }) => role?.value === 'image').length).to.be.at.least(7);
    const nameless = seen.filter(
      ({ name, role }) => (name?.value ?? '') === '' && role?.value !== 'table' && role?.value !== 'group',
    );
    expect(nameless.map(({ role }) => role?.value)).to.deep.equal([]);
    const levels = await chromium.evaluate(
      `[...document.querySelectorAll('h1,h2,h3,h4')].map(({ tagName }) => +tagName[1])`,
    );
    expect((levels as number[]).every((level, at, all) => at === 0 || level <= (all[at - 1] ?? 0) + 1)).to.equal(true);
  });

  it('runs nothing that a history contains', async () => {
    const attack = `</script><script>document.title = 'taken'</script><img src=x onerror="document.title = 'taken'">`;
    const run = syntheticRun({ violated: true, seconds: 20 });
    const events = run.events.map((event) => ({ ...event, f: attack, key: attack, value: attack }));
    const url = page('attack', renderReport({ ...run, events }));
    await open(url, 'light', 1280);
    expect(await chromium.evaluate(`document.title + document.images.length`)).to.equal('register × partition-leader0');
    expectQuiet(url);
  });

  it('opens fast with 200,000 calls', async () => {
    const run = syntheticRun({ rate: 6400, seconds: 60 });
    expect(run.events.filter(({ type }) => type === 'invoke').length).to.be.above(200_000);
    const html = renderReport(run);
    const ms = await open(page('large', html), 'light', 1280);
    console.log(
      `      ${run.summary.operations} calls: ${Math.round(html.length / 1024)} KiB, loaded in ${Math.round(ms)} ms`,
    );
    expect(ms).to.be.below(LOAD_MS_MAX);
    await keepPicture('large-light-1280');
  });

  interface AccessibleNode {
    readonly ignored: boolean;
    readonly role?: { readonly value: string };
    readonly name?: { readonly value: string };
  }

  function page(name: string, html: string): string {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, html);
    return pathToFileURL(path).href;
  }

  async function open(url: string, scheme: 'light' | 'dark', width: number): Promise<number> {
    chromium.problems.length = 0;
    chromium.requests.length = 0;
    await chromium.setScheme(scheme);
    await chromium.setSize(width, 900);
    return await chromium.load(url);
  }

  /** The page asked for itself alone, and nothing went wrong. */
  function expectQuiet(url: string): void {
    expect(chromium.problems).to.deep.equal([]);
    expect(chromium.requests).to.deep.equal([url]);
  }

  async function press(key: string): Promise<void> {
    const text = key === 'Enter' ? { text: '\r' } : {};
    await chromium.call('Input.dispatchKeyEvent', {
      type: 'keyDown',
      key,
      code: key,
      ...text,
      windowsVirtualKeyCode: key === 'Enter' ? 13 : 0,
    });
    await chromium.call('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key });
  }

  async function keepPicture(name: string): Promise<void> {
    const pictures = process.env['SCREENSHOTS'] ?? '';
    if (pictures === '') return;
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(pictures, `${name}.png`), await chromium.screenshot());
  }
});
