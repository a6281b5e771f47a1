package org.dmabuf.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceArray;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceChain;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Fences that stand for several, whose members two threads complete. */
public class Containers {
  private static final FenceContexts CONTEXTS = new FenceContexts(new ManualClock());
  private static final FenceContext ONE = CONTEXTS.open("stress", "one");
  private static final FenceContext TWO = CONTEXTS.open("stress", "two");

  Containers() {}

  /** The last member tells, once. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Told once")
  @Outcome(expect = FORBIDDEN, desc = "Not told, or twice")
  @State
  public static class ArrayTellsOnce {
    private final DmaFence one = ONE.create();
    private final DmaFence two = TWO.create();
    private int calls;

    public ArrayTellsOnce() {
      FenceArray.of(List.of(one, two), FenceArray.Mode.ALL)
          .addCallback(new FenceCallback(done -> calls++, closed -> {}));
    }

    @Actor
    public void first() {
      ONE.signal(one);
    }

    @Actor
    public void second() {
      TWO.signal(two);
    }

    @Arbiter
    public void after(I_Result result) {
      result.r1 = calls;
    }
  }

  /** A chain is listened to while its links complete. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Too late, or told once")
  @Outcome(expect = FORBIDDEN, desc = "Not told, or twice")
  @State
  public static class ChainTellsOnce {
    private final DmaFence one = ONE.create();
    private final DmaFence two = TWO.create();
    private final FenceChain chain = FenceChain.of(FenceChain.of(one, 1), two, 2);
    private int calls;

    @Actor
    public void listen(II_Result result) {
      result.r1 = chain.addCallback(new FenceCallback(done -> calls++, closed -> {})) ? 1 : 0;
    }

    @Actor
    public void signal() {
      TWO.signal(two);
      ONE.signal(one);
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = calls;
    }
  }

  /** Who walks finds the link that is pending, whatever another one forgets. */
  @JCStressTest
  @Outcome(
      id = {"1, 1"},
      expect = ACCEPTABLE,
      desc = "The pending one")
  @Outcome(expect = FORBIDDEN, desc = "Lost")
  @State
  public static class PendingLinkIsFound {
    private final DmaFence one = ONE.create();
    private final FenceChain chain;

    public PendingLinkIsFound() {
      DmaFence two = TWO.create();
      FenceChain first = FenceChain.of(one, 1);
      chain = FenceChain.of(FenceChain.of(first, two, 2), ONE.create(), 3);
      TWO.signal(two);
    }

    @Actor
    public void walk(II_Result result) {
      result.r1 = (int) chain.walk().orElseThrow().seqno();
    }

    @Actor
    public void walkToo(II_Result result) {
      result.r2 = (int) chain.walk().orElseThrow().seqno();
    }
  }
}
