/** Addresses without the passwords and tokens in them: `https://…@host`, anaconda.org's `/t/TOKEN/`, `?token=…`. */
export function maskSecrets(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s'"@]+@/gi, "$1…@")
    .replace(/\/t\/[A-Za-z0-9_-]{4,}(?=\/|\b)/g, "/t/…")
    .replace(/([?&](?:[a-z_-]*token|key|password|signature|sig)=)[^&\s'"]+/gi, "$1…");
}
