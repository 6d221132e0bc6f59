/** Makes whole numbers of fractions for a counter that takes no others: what was left over goes into the next. */
export class WholeNumbers {
  private readonly left = new Map<string, number>();

  of(counter: string, value: number): number {
    const sum = (this.left.get(counter) ?? 0) + value;
    const whole = Math.floor(sum + 1e-6); // 0.1 + 0.2
    this.left.set(counter, sum - whole);
    return whole;
  }
}
