package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ManualClock;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.pipeline.PipelineStatus.State;
import org.dmabuf.pipeline.Rate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A driver that interrupted the thread that called it ended the pipeline, which said nothing of it:
 * its status stayed as it was, and no frame came any more.
 */
@Timeout(120)
final class InterruptedPipelineTest {
  private static final long SUCCESSOR_NANOS = 1_000_000_000L;
  private static final long BOUND_SECONDS = 60;
  private static final Settings SETTINGS =
      new Settings(
          "test",
          PixelFormat.GREY,
          64,
          48,
          Rate.parse("max"),
          3,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Settings.OnError.CONTINUE,
          true,
          false,
          Optional.empty(),
          Optional.empty(),
          SUCCESSOR_NANOS,
          SUCCESSOR_NANOS,
          Optional.empty(),
          Optional.empty());

  private final ManualClock clock = new ManualClock();
  private final DmaBufCore core = DmaBufCore.create(DmaBufOptions.defaults().withClock(clock));
  private final DmaBufRegistry registry = core.open("pipeline");
  private final Doorbell doorbell = new Doorbell(clock);
  private final Followers followers = new Followers("test");
  private final FrameLedger ledger = new FrameLedger("test", false);
  private final Flight flight = new Flight(ledger);
  private final PipelineLoop loop =
      new PipelineLoop(
          SETTINGS,
          clock,
          doorbell,
          flight,
          new Devices(
              SETTINGS,
              registry,
              new Roles(doorbell),
              flight,
              new ScreenWitness(ledger, Optional.empty()),
              doorbell::ring),
          followers);
  private final Reached waits = new Reached(State.WAITING, "waits for");
  private final Reached failed = new Reached(State.FAILED, "");

  /** Is told when the pipeline says something. */
  private static final class Reached implements PipelineListener {
    private final State state;
    private final String words;
    private final CountDownLatch said = new CountDownLatch(1);

    Reached(State state, String words) {
      this.state = state;
      this.words = words;
    }

    @Override
    public void displayed(long count, long timeNanos) {}

    @Override
    public void changed(PipelineStatus status) {
      if (status.state() == state && status.message().contains(words)) {
        said.countDown();
      }
    }

    void await() throws InterruptedException {
      assertThat(said.await(BOUND_SECONDS, TimeUnit.SECONDS)).as("%s %s", state, words).isTrue();
    }
  }

  @AfterEach
  void close() {
    core.close();
  }

  private Thread waiting() throws InterruptedException {
    followers.add(waits);
    followers.add(failed);
    Thread thread = registry.threads().start("pipeline", loop);
    waits.await();
    return thread;
  }

  @Test
  void shouldGoOnAfterAnInterruptThatIsNotItsEnd() throws InterruptedException {
    Thread thread = waiting();
    thread.interrupt();
    // Who still looks finds that nobody has come for so long.
    clock.advance(SUCCESSOR_NANOS);
    doorbell.ring();
    failed.await();
    loop.finish();
    thread.join(TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void shouldEndWhenItIsGivenUp() throws InterruptedException {
    Thread thread = waiting();
    loop.giveUp();
    thread.interrupt();
    thread.join(TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
    assertThat(thread.isAlive()).isFalse();
  }
}
