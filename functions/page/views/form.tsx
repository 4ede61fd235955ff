/**
 * A form: on a page among others, or alone when it is shown again with its faults.
 * Invariants: every field has its label around it; a fault stands at its field, in words, and the field says so to a screen reader.
 */
import { NO_FAULTS, type Form, type FormFaults, type FormField } from "../forms/form.ts";
import { shorten } from "../shorten.ts";

interface Props {
  readonly form: Form;
  readonly faults?: FormFaults;
  /** Where several stand on one page: of ids. */
  readonly prefix?: string;
  /** Names what it is about, where its button does not. */
  readonly about?: string;
}

export function FormView({ form, faults, back }: Required<Pick<Props, "form" | "faults">> & { readonly back: string }) {
  return (
    <section aria-labelledby="form">
      <h1 id="form">{form.title}</h1>
      <p class="banner" role="alert">
        Nothing has been done: {faults.ofField.size > 0 ? "what is marked does not fit." : "it is not possible so."}
      </p>
      <FormFields form={form} faults={faults} />
      <p>
        <a class="alone" href={back}>
          Back without doing it
        </a>
      </p>
    </section>
  );
}

export function FormFields({ form, faults = NO_FAULTS, prefix = "", about = "" }: Props) {
  return (
    <form class="fields" method="post" action={`/dashboard/${form.action}`}>
      {faults.others.length > 0 && (
        <p class="banner" role="alert">
          {faults.others.map((each) => shorten(each)).join(" ")}
        </p>
      )}
      {Object.entries(form.hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {form.fields.map((field) => (
        <Field field={field} id={`${prefix}${form.action}-${field.name}`} fault={faults.ofField.get(field.name)} />
      ))}
      <button type="submit" aria-label={about === "" ? undefined : `${form.submit} ${about}`}>
        {form.submit}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly field: FormField;
  readonly id: string;
  readonly fault: string | undefined;
}

function Field({ field, id, fault }: FieldProps) {
  const { label, hint } = field;
  const notes = [hint === undefined ? "" : `${id}-hint`, fault === undefined ? "" : `${id}-fault`].join(" ").trim();
  return (
    <div class="field">
      {field.kind === "checkbox" ? (
        <label class="tick">
          <Control field={field} id={id} notes={notes} isFaulty={fault !== undefined} /> {label}
        </label>
      ) : (
        <>
          <label for={id}>{label}</label>
          <Control field={field} id={id} notes={notes} isFaulty={fault !== undefined} />
        </>
      )}
      {hint !== undefined && (
        <p class="muted" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`}>
          <span aria-hidden="true">■</span> {shorten(fault)}
        </p>
      )}
    </div>
  );
}

interface ControlProps extends Pick<FieldProps, "field" | "id"> {
  readonly notes: string;
  readonly isFaulty: boolean;
}

function Control({ field, id, notes, isFaulty }: ControlProps) {
  const { name, value, kind, isRequired = false, maxLength, options = [] } = field;
  const told = { "aria-invalid": isFaulty ? "true" : undefined, "aria-describedby": notes === "" ? undefined : notes };
  if (kind === "select")
    return (
      <select id={id} name={name} {...told}>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    );
  if (kind === "checkbox")
    return <input id={id} name={name} type={kind} value="yes" checked={value !== ""} {...told} />;
  return <input id={id} name={name} type={kind} value={value} required={isRequired} maxlength={maxLength} {...told} />;
}
