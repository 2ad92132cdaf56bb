/** The certificates in a PEM text, each as it stands there with its first and last line; whatever else is in it is left out. */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
