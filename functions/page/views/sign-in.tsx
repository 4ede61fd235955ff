/** Who may see the pages where reading needs a token. */
export function SignIn({ next, hasFailed }: { readonly next: string; readonly hasFailed: boolean }) {
  return (
    <section aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      {hasFailed && (
        <p class="banner" role="alert">
          This token is not known here, or has expired.
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
