/** Addresses without the passwords and tokens in them: `https://…@host`, anaconda.org's `/t/TOKEN/`, `?token=…`. */
export function maskSecrets(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^/\s'"@]+@/gi, "$1…@")
    .replace(/(:\/\/[^\s'"/]*(?:\/[^\s'"/]+)*?\/t\/)[A-Za-z0-9_-]{4,}/g, "$1…")
    .replace(/([?&](?:[a-z_-]{0,20}token|key|password|signature|sig)=)[^&\s'"]+/gi, "$1…");
}
