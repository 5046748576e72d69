/** Whether a word can name a job: it becomes a folder's name on the host. */
export function isJobId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(id);
}
