package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * As {@link FrameNull}, with the program, the camera and the display on a virtual thread each, of
 * one carrier: a frame goes from thread to thread four times, each a park and an unpark, and no
 * core is woken for it. The program has one buffer more with the camera than with the display, as
 * any that streams.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameThreads {

  /** A camera and a display with threads of their own. */
  @State(Scope.Thread)
  public static class Ours {
    private final TurnedClock clock = new TurnedClock();
    private final DmaBufCore core = DmaBufCore.create(DmaBufOptions.defaults().withClock(clock));
    private final Worker camera = new Worker("camera");
    private final Worker display = new Worker("display");
    private final Worker.Bell flipped = new Worker.Bell();
    private final NullPipeline pipeline = new NullPipeline(core, clock, camera::ring);

    /** Starts the devices, and gives the camera its first buffer. */
    @Setup
    public void start() {
      pipeline.warmUp();
      TurnedClock.Hand hand = pipeline.hand();
      hand.setBell(display::ring);
      pipeline.setListener(flipped::ring);
      camera.start(() -> clock.share(hand), pipeline::step);
      display.start(() -> clock.share(hand), pipeline::turn);
      pipeline.queueNext();
      // what only threads do is compiled, too
      for (int i = 0; i < NullPipeline.UNTIL_COMPILED; i++) {
        frame();
      }
    }

    void frame() {
      pipeline.queueNext();
      pipeline.commitNext();
      while (!pipeline.isFlipped()) {
        flipped.await();
      }
      pipeline.takeEvent();
      pipeline.dequeueNext();
    }

    /** Ends the threads. */
    @TearDown
    public void close() throws InterruptedException {
      camera.close();
      display.close();
      pipeline.close();
      core.close();
    }
  }

  /** A frame. */
  @Benchmark
  public void ours(Ours state) {
    state.frame();
  }

  /** The same by one thread. */
  @Benchmark
  public void peer(FrameNull.Ours state) {
    state.frame();
  }
}
