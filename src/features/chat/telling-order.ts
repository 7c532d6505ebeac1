interface Turn<Message> {
  message?: Message;
  done: boolean;
}

/**
 * Tells messages in the order in which their turns were taken, although some are ready before others: who has heard one
 * has heard all before it.
 */
export class TellingOrder<Message> {
  readonly #tell: (message: Message) => void;
  #turns: Turn<Message>[] = [];

  constructor(tell: (message: Message) => void) {
    this.#tell = tell;
  }

  /** Takes the next turn. Resolves with the message as soon as it is made; what fails is told to nobody. */
  async take(make: () => Promise<Message>): Promise<Message> {
    const turn: Turn<Message> = { done: false };
    this.#turns.push(turn);
    try {
      return (turn.message = await make());
    } finally {
      turn.done = true;
      this.#tellReady();
    }
  }

  #tellReady(): void {
    while (this.#turns[0]?.done) {
      const { message } = this.#turns.shift()!;
      if (message !== undefined) this.#tell(message);
    }
  }
}
