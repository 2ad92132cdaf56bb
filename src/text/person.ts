/** Whether two names are meant to be of the same person: people write theirs with and without capitals. */
export function samePerson(one: string, other: string): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(person: string): string {
  return person.trim().toLowerCase();
}
