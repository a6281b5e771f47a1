package org.dmabuf.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaClock;

/**
 * The system's clock, but for displays whose vblanks come as soon as somebody waits for one: who
 * turns its {@link Hand} jumps to the next timer. Each pipeline has a hand of its own, which the
 * threads that work for it have in common, so that several can run in one framework.
 *
 * <pre>
 *   nanos()     System.nanoTime() + what the thread's hand has jumped in all
 *   schedule()  on the thread's hand
 * </pre>
 */
final class TurnedClock implements DmaClock {
  private final ThreadLocal<Hand> hands = ThreadLocal.withInitial(Hand::new);

  /** Returns the hand of the calling thread; its own, unless it was given another one's. */
  Hand hand() {
    return hands.get();
  }

  /** From now on the calling thread has the hand of another one. */
  void share(Hand hand) {
    hands.set(hand);
  }

  @Override
  public long nanos() {
    return hand().nanos();
  }

  @Override
  public Timer schedule(long atNanos, Runnable task) {
    Hand hand = hand();
    Due due = new Due(hand, atNanos, task);
    hand.add(due);
    return due;
  }

  private record Due(Hand hand, long at, Runnable task) implements Timer {
    @Override
    public void cancel() {
      hand.remove(this);
    }
  }

  /** One pipeline's time. Thread-safe. */
  static final class Hand {
    private final List<Due> waiting = new ArrayList<>();
    private volatile long jumped;
    private volatile Runnable bell = () -> {};

    /** Sets what is told of each new timer. */
    void setBell(Runnable told) {
      bell = told;
    }

    private long nanos() {
      return System.nanoTime() + jumped;
    }

    private void add(Due due) {
      synchronized (waiting) {
        waiting.add(due);
      }
      bell.run();
    }

    private void remove(Due due) {
      synchronized (waiting) {
        waiting.remove(due);
      }
    }

    /** Jumps to the timer that was set first, and runs it; false when there is none. */
    boolean turn() {
      Due due;
      synchronized (waiting) {
        if (waiting.isEmpty()) {
          return false;
        }
        due = waiting.removeFirst();
        jumped += Math.max(0, due.at - nanos());
      }
      due.task.run();
      return true;
    }
  }
}
