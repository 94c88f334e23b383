// Numbers that look random and are the same in every run.

/** A stream of numbers that `seed` decides (xorshift with 32 bits). */
export class Random {
  #state

  constructor(seed) {
    this.#state = seed | 0 || 1
  }

  /** An integer from 0 up to, not including, `bound`. */
  below(bound) {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % bound
  }

  /** True in `percent` of 100 cases. */
  chance(percent) {
    return this.below(100) < percent
  }

  pick(values) {
    return values[this.below(values.length)]
  }
}
