package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.ReservationService;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A framework for each test, on a clock turned by hand; afterwards it must hold nothing at all. */
public final class Framework implements BeforeEachCallback, AfterEachCallback {
  public static final long POOL_BYTES = 64L << 20;
  public static final Duration WAIT = Duration.ofSeconds(5);

  private ManualClock clock;
  private DmaBufCore core;

  @Override
  public void beforeEach(ExtensionContext context) {
    LogRecorder.clear();
    clock = new ManualClock();
    core = DmaBufCore.create(clock, POOL_BYTES, WAIT);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    core.close();
    assertThat(core.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  public ManualClock clock() {
    return clock;
  }

  /**
   * Turns the clock whenever a thread that stops something waits, until it is through. Nobody else
   * is sure to act in the time on the clock, which may all pass before that one runs.
   */
  void turnUntil(Threads.Running<?> through) throws Exception {
    long half = core.releases().drainBound().toNanos() / 2;
    while (!through.task().isDone()) {
      Thread.State now = through.thread().getState();
      if (now == Thread.State.WAITING || now == Thread.State.TIMED_WAITING) {
        clock.advance(half);
      }
      Thread.onSpinWait();
    }
    through.join();
  }

  public DmaBufCore core() {
    return core;
  }

  public ReservationService reservations() {
    return core.reservations();
  }

  public FenceContexts contexts() {
    return core.contexts();
  }

  public DmaBufRegistry open(String name) {
    return core.open(name);
  }

  public DmaResv reservation() {
    return core.newReservation();
  }

  public Holdings holdings() {
    return core.holdings();
  }

  /**
   * Exports a buffer of ordinary memory and returns a descriptor of it in the client's own table.
   */
  public static int exportInto(DmaBufRegistry client, long bytes) {
    DmaBuf buffer = new RecordingExporter.Full(client, bytes).export(client);
    return client.fd(buffer, client.files(), true);
  }
}
