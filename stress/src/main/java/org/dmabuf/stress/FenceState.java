package org.dmabuf.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.IJ_Result;

/** One fence, whose state, error, time and callbacks two threads use. */
public class FenceState {
  private static final FenceContexts CONTEXTS = new FenceContexts(new ManualClock());
  private static final FenceContext CONTEXT = CONTEXTS.open("stress", "line");

  FenceState() {}

  /** Who sees that it has completed sees its error. */
  @JCStressTest
  @Outcome(
      id = {"0, -5", "-5, -5"},
      expect = ACCEPTABLE,
      desc = "Pending, or failed")
  @Outcome(expect = FORBIDDEN, desc = "Completed without its error")
  @State
  public static class ErrorIsSeen {
    private final DmaFence fence = CONTEXT.create();

    @Actor
    public void fail() {
      CONTEXT.fail(fence, Errno.EIO);
    }

    @Actor
    public void look(II_Result result) {
      result.r1 = fence.status();
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = fence.status();
    }
  }

  /** Who sees that it has completed sees when. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 42", "0, 42"},
      expect = ACCEPTABLE,
      desc = "Pending, or at its time")
  @Outcome(expect = FORBIDDEN, desc = "Completed at no time")
  @State
  public static class TimeIsSeen {
    private final DmaFence fence = CONTEXT.create();

    @Actor
    public void signal() {
      CONTEXT.signal(fence, 42);
    }

    @Actor
    public void look(IJ_Result result) {
      result.r1 = fence.isSignaled() ? 1 : 0;
      result.r2 = fence.timestamp();
    }
  }

  /** Who sees that it has completed sees the work that it stands for. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Pending, or the work")
  @Outcome(expect = FORBIDDEN, desc = "Completed without the work")
  @State
  public static class WorkIsSeen {
    private final DmaFence fence = CONTEXT.create();
    private int work;

    @Actor
    public void signal() {
      work = 1;
      CONTEXT.signal(fence);
    }

    @Actor
    public void look(II_Result result) {
      result.r1 = fence.isSignaled() ? 1 : 0;
      result.r2 = work;
    }
  }

  /** It completes once. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 1", "0, 1, -5"},
      expect = ACCEPTABLE,
      desc = "As the first said")
  @Outcome(expect = FORBIDDEN, desc = "Twice, or as nobody said")
  @State
  public static class CompletesOnce {
    private final DmaFence fence = CONTEXT.create();

    @Actor
    public void signal(III_Result result) {
      result.r1 = CONTEXT.signal(fence) ? 1 : 0;
    }

    @Actor
    public void fail(III_Result result) {
      result.r2 = CONTEXT.fail(fence, Errno.EIO) ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result result) {
      result.r3 = fence.status();
    }
  }

  /** A callback is refused, or called once and sees the work. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Refused, or called")
  @Outcome(expect = FORBIDDEN, desc = "Lost, or called though it was refused")
  @State
  public static class CallbackIsCalled {
    private final DmaFence fence = CONTEXT.create();
    private int work;
    private int calls;
    private final FenceCallback callback = new FenceCallback(done -> calls += work, closed -> {});

    @Actor
    public void signal() {
      work = 1;
      CONTEXT.signal(fence);
    }

    @Actor
    public void add(II_Result result) {
      result.r1 = fence.addCallback(callback) ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = calls;
    }
  }

  /** A callback is taken back, or called. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "Taken back, or called")
  @Outcome(expect = FORBIDDEN, desc = "Both, or neither")
  @State
  public static class CallbackIsTakenBack {
    private final DmaFence fence = CONTEXT.create();
    private int calls;
    private final FenceCallback callback = new FenceCallback(done -> calls++, closed -> {});

    public CallbackIsTakenBack() {
      fence.addCallback(callback);
    }

    @Actor
    public void signal() {
      CONTEXT.signal(fence);
    }

    @Actor
    public void remove(II_Result result) {
      result.r1 = fence.removeCallback(callback) ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result result) {
      result.r2 = calls;
    }
  }

  /** After a removal that waits, what the callback wrote is seen. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "Taken back, or it has ended")
  @Outcome(expect = FORBIDDEN, desc = "It still ran")
  @State
  public static class RemovalWaits {
    private final DmaFence fence = CONTEXT.create();
    private int calls;
    private final FenceCallback callback = new FenceCallback(done -> calls++, closed -> {});

    public RemovalWaits() {
      fence.addCallback(callback);
    }

    @Actor
    public void signal() {
      CONTEXT.signal(fence);
    }

    @Actor
    public void remove(II_Result result) {
      result.r1 = fence.removeCallbackAndWait(callback) ? 1 : 0;
      result.r2 = calls;
    }
  }
}
