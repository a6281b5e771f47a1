package org.dmabuf.seam;

import java.util.ArrayList;
import java.util.List;

/** Choices that were made before, then always the first one; notes where there was another. */
final class Replay implements Tasks.Choice {
  /** What was chosen, and among how many. */
  final List<int[]> made = new ArrayList<>();

  private final List<int[]> prefix;
  private int preemptionsLeft;
  private boolean bound;

  Replay(List<int[]> prefix, int preemptions) {
    this.prefix = prefix;
    this.preemptionsLeft = preemptions;
  }

  /** Returns whether there was another choice that was one too many. */
  boolean wasBound() {
    return bound;
  }

  @Override
  public int next(int among, boolean canGoOn) {
    if (canGoOn && preemptionsLeft == 0) {
      bound = true;
      return 0;
    }
    int at = made.size();
    int chosen = 0;
    if (at < prefix.size()) {
      chosen = prefix.get(at)[0];
      if (prefix.get(at)[1] != among) {
        throw new IllegalStateException(
            "The same choices led to another place: choice %d is among %d and was among %d"
                .formatted(at, among, prefix.get(at)[1]));
      }
    }
    made.add(new int[] {chosen, among});
    if (canGoOn && chosen != 0) {
      preemptionsLeft--;
    }
    return chosen;
  }
}
