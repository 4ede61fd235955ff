/** The surroundings in which the service is started cannot be used; the message is for the person who set them. */
export class EnvironmentFault extends Error {
  /** Starting again does not help. */
  readonly isConfiguration = true;
}
