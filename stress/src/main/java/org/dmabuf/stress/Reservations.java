package org.dmabuf.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.dmabuf.DmaClock;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.resv.WwClass;
import org.dmabuf.resv.WwMutex;
import org.dmabuf.sync.SyncObj;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Reservations, their locks and sync objects. */
public class Reservations {
  private static final DmaClock CLOCK = new ManualClock();
  private static final FenceContexts CONTEXTS = new FenceContexts(CLOCK);
  private static final FenceContext ONE = CONTEXTS.open("stress", "one");
  private static final FenceContext TWO = CONTEXTS.open("stress", "two");
  private static final WwClass FAMILY = new WwClass("stress");

  Reservations() {}

  /** What is done with the lock held is seen by the next who holds it. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "One after the other")
  @Outcome(expect = FORBIDDEN, desc = "Both inside, or not seen")
  @State
  public static class OneIsInside {
    private final WwMutex mutex = new WwMutex(FAMILY);
    private int count;

    private void increment() {
      mutex.lock(null);
      count++;
      mutex.unlock();
    }

    @Actor
    public void first() {
      increment();
    }

    @Actor
    public void second() {
      increment();
    }

    @Arbiter
    public void after(I_Result result) {
      result.r1 = count;
    }
  }

  /** A reader sees a fence and what it stands for, or none. */
  @JCStressTest
  @Outcome(
      id = {"null, null", "1, WRITE"},
      expect = ACCEPTABLE,
      desc = "None, or all of it")
  @Outcome(expect = FORBIDDEN, desc = "Half of it")
  @State
  public static class AddedFenceIsSeen {
    private final DmaResv resv = new DmaResv(FAMILY, CLOCK);
    private final FenceContext context = CONTEXTS.openTimeline("stress", "line");
    private final DmaFence fence = context.create(1);

    @Actor
    public void add() {
      resv.lock();
      resv.reserveFences(1);
      resv.addFence(fence, Usage.WRITE);
      resv.unlock();
    }

    @Actor
    public void read(LL_Result result) {
      List<DmaResv.Entry> entries = resv.entries();
      if (!entries.isEmpty()) {
        result.r1 = entries.getFirst().fence().seqno();
        result.r2 = entries.getFirst().usage();
      }
    }
  }

  /** A reader sees a fence with its own class, though its slot is used again and again. */
  @JCStressTest
  @Outcome(
      id = {"1, READ", "2, WRITE", "3, KERNEL"},
      expect = ACCEPTABLE,
      desc = "One of them")
  @Outcome(expect = FORBIDDEN, desc = "None, or another one's class")
  @State
  public static class ReplacedFenceIsSeen {
    private final DmaResv resv = new DmaResv(FAMILY, CLOCK);
    private final FenceContext context = CONTEXTS.openTimeline("stress", "line");
    private final DmaFence[] fences = {context.create(1), context.create(2), context.create(3)};

    public ReplacedFenceIsSeen() {
      resv.lock();
      resv.reserveFences(1);
      resv.addFence(fences[0], Usage.READ);
      resv.unlock();
    }

    @Actor
    public void replace() {
      resv.lock();
      resv.reserveFences(2);
      resv.addFence(fences[1], Usage.WRITE);
      resv.addFence(fences[2], Usage.KERNEL);
      resv.unlock();
    }

    @Actor
    public void read(LL_Result result) {
      DmaResv.Entry entry = resv.entries().getFirst();
      result.r1 = entry.fence().seqno();
      result.r2 = entry.usage();
    }
  }

  /** Never is a reservation seen idle when work is handed on within it. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "Busy")
  @Outcome(expect = FORBIDDEN, desc = "Idle")
  @State
  public static class NeverIdle {
    private final DmaResv resv = new DmaResv(FAMILY, CLOCK);
    private final DmaFence first = ONE.create();
    private final DmaFence next = TWO.create();

    public NeverIdle() {
      resv.lock();
      resv.reserveFences(2);
      resv.addFence(first, Usage.WRITE);
      resv.unlock();
    }

    @Actor
    public void handOn() {
      resv.lock();
      resv.reserveFences(1);
      resv.addFence(next, Usage.WRITE);
      resv.unlock();
      ONE.signal(first);
    }

    @Actor
    public void test(I_Result result) {
      result.r1 = resv.isSignaled(Usage.WRITE) ? 1 : 0;
    }
  }

  /** Two add points to a sync object: none is lost. */
  @JCStressTest
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both")
  @Outcome(expect = FORBIDDEN, desc = "One is lost")
  @State
  public static class PointsAreKept {
    private final SyncObj object = new SyncObj(CONTEXTS);
    private final DmaFence one = ONE.create();
    private final DmaFence two = TWO.create();

    @Actor
    public void add() {
      object.add(1, one);
    }

    @Actor
    public void addToo() {
      object.add(2, two);
    }

    @Arbiter
    public void after(II_Result result) {
      result.r1 = (int) object.lastSubmitted();
      TWO.signal(two);
      boolean both = object.fence().orElseThrow().isSignaled();
      ONE.signal(one);
      result.r2 = both || !object.fence().orElseThrow().isSignaled() ? 1 : 0;
    }
  }
}
