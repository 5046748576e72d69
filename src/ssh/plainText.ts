/** Makes a host's words safe to show: escape sequences and control characters taken out, length limited. */
export function plainText(text: string, limit = 500): string {
  const plain = text
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|.)/gs, "")
    .replace(/\r\n?/g, "\n")
    // Bidirectional controls could make the words read as something else.
    .replace(/[^\P{C}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, "")
    .trim();
  return plain.length > limit ? `${plain.slice(0, limit)}…` : plain;
}
