import { posix } from 'node:path';

/** The pages and other files that links may lead to: those of the repository, or those of the npm package. */
export interface Site {
  /** Whether a file or folder exists. `path` is relative to the root, with slashes and without a final one. */
  has(path: string): boolean;
  read(path: string): string;
}

/** The relative links of a page whose file, or whose heading, does not exist. */
export function brokenLinks(page: string, site: Site): readonly string[] {
  const links = [...site.read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
  return links.filter((link) => !/^[a-z]+:/.test(link) && isBroken(page, link, site));
}

function isBroken(page: string, link: string, site: Site): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.join(posix.dirname(page), path).replace(/\/$/, '');
  if (!site.has(target)) return true;
  return anchor !== undefined && !anchorsIn(site.read(target)).has(anchor);
}

function anchorsIn(page: string): ReadonlySet<string> {
  return new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? '')));
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
