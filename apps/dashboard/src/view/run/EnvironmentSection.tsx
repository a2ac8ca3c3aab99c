import type { RunDetail } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { runTexts } from "../../text/run.ts";
import { formatBytes } from "../../text/time.ts";
import { Section } from "./Section.tsx";

/** Where the run was made. */
export function EnvironmentSection({ detail: { environment } }: { readonly detail: RunDetail }) {
  const { environment: texts } = runTexts.value;
  if (environment === null) {
    return (
      <Section name="environment">
        <p class="empty">{texts.none}</p>
      </Section>
    );
  }
  const { git } = environment;
  const commit =
    git === undefined
      ? undefined
      : `${git.commit}${git.branch === undefined ? "" : `, ${git.branch}`}, ${git.isDirty ? texts.dirty : texts.clean}`;
  const lines: readonly (readonly [string, string | undefined])[] = [
    [texts.gradus, environment.gradus],
    [texts.commit, commit],
    [texts.command, environment.command.join(" ")],
    [texts.directory, environment.directory],
    [texts.host, environment.host],
    [texts.platform, environment.platform],
    [texts.processor, environment.processor],
    [texts.cores, String(environment.cores)],
    [texts.memory, formatBytes(environment.memoryBytes)],
    [texts.node, environment.node],
  ];
  return (
    <Section name="environment">
      <dl class="facts">
        {lines.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <bdi>{harmless(value)}</bdi>
                </dd>
              </div>
            ),
        )}
      </dl>
    </Section>
  );
}
