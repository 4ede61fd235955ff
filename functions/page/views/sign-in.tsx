/** Who may see the pages where reading needs a token, and who may change something. */
export interface SignInProps {
  /** The page to go back to. */
  readonly next: string;
  readonly hasFailed: boolean;
  /** Something was to be done, and has not been. Default: no. */
  readonly isToAct?: boolean;
}

export function SignIn({ next, hasFailed, isToAct = false }: SignInProps) {
  return (
    <section aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      {hasFailed && (
        <p class="banner" role="alert">
          This token is not known here, or has expired.
        </p>
      )}
      {isToAct && (
        <p class="banner" role="alert">
          Nothing has been done yet: what changes something needs a token. Sign in, and press it again.
        </p>
      )}
      <form method="post" action="/dashboard/login">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" required maxlength={128} autocomplete="current-password" />
        <input type="hidden" name="next" value={next} />
        <button type="submit">Sign in</button>
      </form>
      <p class="muted">
        It begins with lgm_. Make one where the service runs, by <code>npm run token</code>.
      </p>
    </section>
  );
}
