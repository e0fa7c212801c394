/**
 * The script of a report: a line at one time through all plots with the figures there, buttons that hide kinds of call, and
 * the choice of colours kept for other reports. Without it the page lacks only these.
 */
export const SCRIPT = `'use strict';
(() => {
  const data = JSON.parse(document.getElementById('timeline-data').textContent);
  const readout = document.getElementById('readout');
  const plots = [...document.querySelectorAll('svg.timed')];
  const [LEFT, RIGHT] = [96, 1144];
  const ns = 'http://www.w3.org/2000/svg';
  const lines = plots.map((plot) => {
    const line = document.createElementNS(ns, 'line');
    line.setAttribute('class', 'crosshair');
    line.setAttribute('y1', '8');
    line.setAttribute('y2', String(plot.viewBox.baseVal.height - 26));
    line.setAttribute('visibility', 'hidden');
    plot.append(line);
    return line;
  });
  const span = (us) => us >= 1e6 ? +(us / 1e6).toPrecision(3) + ' s' : us >= 1e3 ? +(us / 1e3).toPrecision(3) + ' ms' : us + ' µs';
  let shown = -1;
  function show(time) {
    const at = data.bins.findIndex(([start, end]) => time >= start && time < end);
    if (at < 0) return;
    shown = at;
    const [start, end, served, failed, unknown, median, p99] = data.bins[at];
    const duration = Number(plots[0].dataset.duration);
    const x = String(LEFT + (Math.min(time, duration) / duration) * (RIGHT - LEFT));
    for (const line of lines) {
      line.setAttribute('x1', x);
      line.setAttribute('x2', x);
      line.setAttribute('visibility', 'visible');
    }
    const active = [...new Set(data.faults.filter((fault) => fault[1] <= time && fault[2] >= time).map((fault) => fault[0]))];
    const parts = [(time / 1e6).toFixed(2) + ' s', Math.round((served * 1e6) / (end - start)) + ' calls/s'];
    if (failed > 0) parts.push(failed + ' failed');
    if (unknown > 0) parts.push(unknown + ' unknown');
    if (served > 0) parts.push('median ' + span(median), '99 % ' + span(p99));
    if (active.length > 0) parts.push(active.join(', '));
    readout.textContent = parts.join(' · ');
    readout.hidden = false;
  }
  function hide() {
    shown = -1;
    readout.hidden = true;
    for (const line of lines) line.setAttribute('visibility', 'hidden');
  }
  readout.setAttribute('aria-live', 'polite');
  for (const plot of plots) {
    const frame = plot.parentElement;
    plot.addEventListener('pointermove', (event) => {
      const box = plot.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * plot.viewBox.baseVal.width;
      if (x < LEFT || x > RIGHT) hide();
      else show(((x - LEFT) / (RIGHT - LEFT)) * Number(plot.dataset.duration));
    });
    plot.addEventListener('pointerleave', hide);
    frame.addEventListener('blur', hide);
    frame.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === 'Escape') hide();
      if (step === undefined || data.bins.length === 0) return;
      event.preventDefault();
      const [start, end] = data.bins[Math.max(0, Math.min(data.bins.length - 1, shown + step))];
      show((start + end) / 2);
    });
  }
  for (const button of document.querySelectorAll('button[data-toggle]')) {
    button.addEventListener('click', () => {
      const on = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(on));
      for (const group of document.querySelectorAll('g.kind')) {
        if (group.dataset.kind === button.dataset.toggle) group.style.display = on ? '' : 'none';
      }
    });
  }
  const choices = [...document.querySelectorAll('input[name=theme]')];
  const key = 'raftkv-report-theme';
  try {
    const kept = localStorage.getItem(key);
    for (const choice of choices) if (choice.value === kept) choice.checked = true;
  } catch {}
  for (const choice of choices) {
    choice.addEventListener('change', () => {
      try {
        localStorage.setItem(key, choice.value);
      } catch {}
    });
  }
})();
`;
