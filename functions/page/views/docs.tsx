/**
 * The API for people: an index, every operation with a line to try it, and the types that several of them share.
 * Invariant: whatever is named can be led to, by an anchor of its own.
 */
import type { Answer, Docs, NamedType, Operation } from "../docs/docs-model.ts";
import type { Field, Kind } from "../docs/fields.ts";

export const DOCS_PATH = "/docs";

export function DocsView({ docs }: { readonly docs: Docs }) {
  return (
    <div class="docs">
      <div class="about">
        <h1>API</h1>
        <p>
          Times are UTC RFC 3339, durations seconds, sizes bytes, shares percent. What is refused says why as a{" "}
          <a href="#type-Problem">Problem</a>. For programs: <a href="/openapi.json">/openapi.json</a>.
        </p>
        <p>
          Where a token is needed, <code>MONITORING_TOKEN</code> is to hold one that is good for the scope;{" "}
          <code>admin</code> includes the others.
        </p>
        <p>
          What stands under <code>public:</code> in the configuration anybody may ask for: <code>/status</code>,{" "}
          <code>/status.json</code>, <code>/feed.xml</code> and <code>{"/badge/{service}.svg"}</code>.
        </p>
      </div>
      <Contents docs={docs} />
      <div>
        {docs.groups.map(({ name, operations }) => (
          <section aria-labelledby={`group-${name}`}>
            <h2 id={`group-${name}`}>{name.replaceAll("_", " ")}</h2>
            {operations.map((operation) => (
              <OperationView operation={operation} />
            ))}
          </section>
        ))}
        <Refusals docs={docs} />
        <section aria-labelledby="types">
          <h2 id="types">Types</h2>
          {docs.types.map((type) => (
            <TypeView type={type} />
          ))}
        </section>
      </div>
    </div>
  );
}

function Contents({ docs: { groups } }: { readonly docs: Docs }) {
  return (
    <nav class="contents" aria-label="Contents">
      <ul>
        {groups.flatMap(({ operations }) =>
          operations.map(({ id, method, path }) => (
            <li>
              <a href={`#${id}`}>
                <span class="method">{method}</span> {path}
              </a>
            </li>
          )),
        )}
        <li>
          <a href="#refusals">Refusals</a>
        </li>
        <li>
          <a href="#types">Types</a>
        </li>
      </ul>
    </nav>
  );
}

function OperationView({ operation }: { readonly operation: Operation }) {
  const { id, method, path, summary, scope, curl, parameters, body, answers } = operation;
  return (
    <article aria-labelledby={id}>
      <h3 id={id}>
        <span class="method">{method}</span> <code>{path}</code>
      </h3>
      <p>
        <Prose text={summary} />
      </p>
      <p class="muted">{scope === null ? "No token is needed." : `Needs a token with the scope ${scope}.`}</p>
      <pre role="region" aria-label={`How to ask ${method} ${path}`}>
        <code>{curl}</code>
      </pre>
      {parameters.length > 0 && (
        <>
          <h4>Parameters</h4>
          <dl>
            {parameters.map(({ place, byDefault, ...field }) => (
              <FieldView field={field} more={`${place}${byDefault === null ? "" : `, default ${byDefault}`}`} />
            ))}
          </dl>
        </>
      )}
      {body.length > 0 && <Fields title="Body" fields={body} areSent />}
      {answers.map((answer) => (
        <AnswerView answer={answer} />
      ))}
      <OwnRefusals operation={operation} />
    </article>
  );
}

function AnswerView({ answer: { status, media, description, kind, fields } }: { readonly answer: Answer }) {
  return (
    <>
      <h4>
        {status} {description}
      </h4>
      {media !== null && (
        <p class="muted">
          {media}
          {fields.length === 0 && kind.length > 0 && (
            <>
              : <KindView kind={kind} />
            </>
          )}
        </p>
      )}
      {fields.length > 0 && (
        <dl>
          {fields.map((field) => (
            <FieldView field={field} more={null} />
          ))}
        </dl>
      )}
    </>
  );
}

interface FieldsProps {
  readonly title: string;
  readonly fields: readonly Field[];
  /** Then it is said which may be left out. */
  readonly areSent: boolean;
}

function Fields({ title, fields, areSent }: FieldsProps) {
  return (
    <>
      <h4>{title}</h4>
      <dl>
        {fields.map((field) => (
          <FieldView field={field} more={areSent ? (field.isRequired ? "required" : "optional") : null} />
        ))}
      </dl>
    </>
  );
}

function FieldView({ field, more }: { readonly field: Field; readonly more: string | null }) {
  const { name, kind, note } = field;
  return (
    <div>
      <dt>
        {name !== "" && <code>{name}</code>} <KindView kind={kind} />
        {more !== null && <span class="muted"> {more}</span>}
      </dt>
      {note !== null && (
        <dd>
          <Prose text={note} />
        </dd>
      )}
    </div>
  );
}

function KindView({ kind }: { readonly kind: Kind }) {
  return (
    <span class="kind">{kind.map(({ text, isType }) => (isType ? <a href={`#type-${text}`}>{text}</a> : text))}</span>
  );
}

function OwnRefusals({ operation: { ownRefusals, refusals } }: { readonly operation: Operation }) {
  return (
    <>
      <h4>Refusals</h4>
      {ownRefusals.map(({ status, description }) => (
        <p>
          <code>{status}</code> <Prose text={description} />
        </p>
      ))}
      <p>
        {refusals.map((status, index) => (
          <>
            {index > 0 && ", "}
            <a class="alone" href={`#refusal-${status}`}>
              {status}
            </a>
          </>
        ))}
      </p>
    </>
  );
}

function Refusals({ docs: { refusals } }: { readonly docs: Docs }) {
  return (
    <section aria-labelledby="refusals">
      <h2 id="refusals">Refusals</h2>
      <dl>
        {refusals.map(({ status, description }) => (
          <div id={`refusal-${status}`}>
            <dt>
              <code>{status}</code>
            </dt>
            <dd>
              <Prose text={description} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function TypeView({ type: { name, note, kind, fields } }: { readonly type: NamedType }) {
  const [only] = fields;
  const isPlain = fields.length === 1 && only?.name === "";
  return (
    <article aria-labelledby={`type-${name}`}>
      <h3 id={`type-${name}`}>{name}</h3>
      {note !== null && <Note text={note} />}
      {isPlain ? (
        <p>
          <KindView kind={kind} />
        </p>
      ) : (
        <dl>
          {fields.map((field) => (
            <FieldView field={field} more={null} />
          ))}
        </dl>
      )}
    </article>
  );
}

/** Lines that begin with a star are a list. */
function Note({ text }: { readonly text: string }) {
  const lines = text.split("\n");
  const items = lines.filter((line) => line.startsWith("* ")).map((line) => line.slice("* ".length));
  const others = lines.filter((line) => !line.startsWith("* ")).join(" ");
  return (
    <>
      {others !== "" && (
        <p>
          <Prose text={others} />
        </p>
      )}
      {items.length > 0 && (
        <ul>
          {items.map((item) => (
            <li>
              <Prose text={item} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What stands between backticks is code. */
function Prose({ text }: { readonly text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}
