/**
 * The certificates in a PEM text, each as it stands there with its first and last line; whatever else is in it is left out. There is
 * nothing but base64 in one: what a host calls its certificate is written into files of other hosts.
 */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
}
