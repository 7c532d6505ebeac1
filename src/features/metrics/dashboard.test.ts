import { readFileSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { families } from './families.ts';

interface Dashboard {
  templating: { list: { query: string | { query: string } }[] };
  panels: {
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr: string; legendFormat: string }[];
  }[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../../docs/grafana-dashboard.json', import.meta.url), 'utf8'),
) as Dashboard;
const targets = dashboard.panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })));
const queries = dashboard.templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query));

/** Labels by name of a metric: ours, and those that Node’s have. */
function known(): Map<string, readonly string[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const node = registry.getMetricsAsArray().map(({ name }) => [name, ['kind', 'space', 'version']] as const);
  const ours = Object.values(families).map(({ name, labels }) => [name, labels] as const);
  const all = new Map<string, readonly string[]>([...node, ...ours]);
  for (const { name, type } of Object.values(families)) {
    if (type === 'histogram') for (const end of ['bucket', 'sum', 'count']) all.set(`${name}_${end}`, ['le']);
  }
  for (const end of ['bucket', 'sum', 'count']) all.set(`nodejs_gc_duration_seconds_${end}`, ['kind', 'le']);
  return all;
}

const namesIn = (text: string): string[] => text.match(/\b(?:roomcast|process|nodejs)_[a-z_]+/g) ?? [];

describe('docs/grafana-dashboard.json', () => {
  test('asks for metrics and labels that there are', () => {
    const metrics = known();
    for (const { title, expr, legendFormat } of targets) {
      const names = namesIn(expr);
      expect(names.length, title).toBe(1);
      const labels = metrics.get(names[0]!);
      expect(labels, `${title}: ${names[0]}`).toBeDefined();
      const asked = [
        ...[...expr.matchAll(/([a-z]+)=~?"/g)].map(([, label]) => label!),
        ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', ')),
        ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!),
      ];
      const missing = asked.filter((label) => label !== 'instance' && !labels!.includes(label));
      expect(missing, `${title}: ${expr}`).toEqual([]);
    }
    for (const name of queries.flatMap(namesIn)) expect(metrics.has(name), name).toBe(true);
  });

  test('shows every metric of ours', () => {
    const shown = targets.map(({ expr }) => expr).join('\n');
    for (const { name } of Object.values(families)) expect(shown).toContain(name);
  });

  test('counts by rates, and gauges as they are', () => {
    for (const { title, expr } of targets) {
      const [name = ''] = namesIn(expr);
      expect(/rate\(/.test(expr), title).toBe(/_(?:total|bucket|sum)$/.test(name));
    }
  });

  test('lays no panel over another', () => {
    const places = dashboard.panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => ({ title, place: `${x + (i % w)} ${y + Math.floor(i / w)}` })),
    );
    expect(new Set(places.map(({ place }) => place)).size).toBe(places.length);
    for (const {
      gridPos: { x, w },
    } of dashboard.panels)
      expect(x + w).toBeLessThanOrEqual(24);
  });
});
