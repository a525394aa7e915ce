/**
 * Heights of the rows of a long list, most of them never measured. A row that was not measured counts
 * as `estimate`. Sums are kept in a Fenwick tree: asking and telling cost the logarithm of the length.
 */
export class Heights {
  private measured = new Float64Array(1024);
  /** Sums of what measured rows differ from the estimate. */
  private tree = new Float64Array(1025);
  private rows = 0;

  constructor(private readonly estimate: number) {}

  get count(): number {
    return this.rows;
  }

  get total(): number {
    return this.offset(this.rows);
  }

  /** Lists only grow. */
  grow(count: number): void {
    this.rows = Math.max(this.rows, count);
    if (this.rows <= this.measured.length) return;
    const size = 2 ** Math.ceil(Math.log2(this.rows));
    const before = this.measured;
    this.measured = new Float64Array(size);
    this.tree = new Float64Array(size + 1);
    before.forEach((height, row) => {
      if (height > 0) this.set(row, height);
    });
  }

  get(row: number): number {
    return this.measured[row] || this.estimate;
  }

  /** A row without a height, such as a deleted message, is 0.01 high: 0 means not measured. */
  set(row: number, height: number): void {
    const now = Math.max(height, 0.01);
    const change = now - this.get(row);
    this.measured[row] = now;
    for (let node = row + 1; node < this.tree.length; node += node & -node)
      this.tree[node]! += change;
  }

  /** Where a row begins. */
  offset(row: number): number {
    let sum = row * this.estimate;
    for (let node = row; node > 0; node -= node & -node) sum += this.tree[node]!;
    return sum;
  }

  /** The row at a distance from the start; the first or last one beyond the ends. */
  rowAt(distance: number): number {
    let row = 0;
    let left = distance;
    for (let step = this.measured.length; step > 0; step >>= 1) {
      const node = row + step;
      if (node >= this.tree.length) continue;
      const height = this.tree[node]! + step * this.estimate;
      if (height <= left) {
        row = node;
        left -= height;
      }
    }
    return Math.max(0, Math.min(row, this.rows - 1));
  }
}
