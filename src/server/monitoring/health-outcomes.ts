import type { Exposition } from '../../metrics/exposition.js';

/** Counts the health checks of /livez and /readyz. */
export class HealthOutcomes {
  readonly #checks = new Map<
    string,
    { readonly type: string; readonly name: string; ok: boolean; successes: number; errors: number }
  >();

  readonly checked = (type: string, name: string, ok: boolean): void => {
    const key = `${type}/${name}`;
    let found = this.#checks.get(key);
    if (found === undefined) {
      found = { type, name, ok, successes: 0, errors: 0 };
      this.#checks.set(key, found);
    }
    found.ok = ok;
    if (ok) found.successes += 1;
    else found.errors += 1;
  };

  /** By etcd's names. */
  print(out: Exposition): void {
    const checks = [...this.#checks.values()];
    out.family('gauge', {
      name: 'etcd_server_healthcheck',
      help: 'The result of each kind of healthcheck.',
      samples: checks.map(({ type, name, ok }) => ({ labels: { type, name }, value: ok ? 1 : 0 })),
    });
    out.family('counter', {
      name: 'etcd_server_healthchecks_total',
      help: 'The total number of each kind of healthcheck.',
      samples: checks.flatMap(({ type, name, successes, errors }) =>
        [
          { labels: { type, name, status: 'success' }, value: successes },
          { labels: { type, name, status: 'error' }, value: errors },
        ].filter(({ value }) => value > 0),
      ),
    });
  }
}
