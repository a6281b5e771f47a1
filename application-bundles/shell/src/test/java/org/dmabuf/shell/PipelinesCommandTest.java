package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.dmabuf.ManualClock;
import org.dmabuf.display.Picture;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.pipeline.PipelineStatus.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PipelinesCommandTest {
  private final Rig rig = new Rig();
  private final ManualClock clock = new ManualClock();
  private final PipelinesCommand command = new PipelinesCommand(rig, clock);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldSayHowToGetOne() throws InterruptedException {
    assertThat(command.pipelines()).isEqualTo("There is no pipeline; 'pipeline start' makes one.");
  }

  @Test
  void shouldMeasureTheRateOverHalfASecond() throws InterruptedException {
    rig.offer(Pipeline.class, "p 1", "main", new Counting(State.RUNNING, ""));
    Thread turner = Thread.ofVirtual().start(this::turn);

    assertThat(command.pipelines().lines())
        .containsExactly(
            "NAME  STATE    CAPTURED  DISPLAYED  RATE    LATENCY p50/p99/max",
            "main  RUNNING  31        30         30.0/s  1.0/2.0/3.0 ms",
            "    lost 1, repeated 2, out of order 3, errors 4, dropped 5, checksum mismatches 6",
            "    written by capture 1.0 KiB, read by display 2.0 KiB");
    turner.join();
  }

  @Test
  void shouldTellWhyAPipelineFailedAndNotMeasureIt() throws InterruptedException {
    rig.offer(Pipeline.class, "p 1", "main", new Counting(State.FAILED, "No display came in time"));

    assertThat(command.pipelines())
        .contains("main  FAILED  31        30         -")
        .contains("\n    No display came in time\n");
  }

  private void turn() {
    try {
      clock.awaitScheduled(1);
      clock.advance(PipelinesCommand.MEASURE_NANOS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Shows 30 frames a second of the clock: 15 at first, one for each 1/30 s after. */
  private final class Counting implements Pipeline {
    private final PipelineStatus status;
    private final long began = clock.nanos();

    Counting(State state, String message) {
      status = new PipelineStatus(state, message);
    }

    @Override
    public String name() {
      return "main";
    }

    @Override
    public PipelineStatus status() {
      return status;
    }

    @Override
    public PipelineCounters counters() {
      long more = status.isOver() ? 15 : (clock.nanos() - began) * 30 / 1_000_000_000;
      long shown = 15 + more;
      return new PipelineCounters(
          shown + 1,
          shown,
          1,
          2,
          3,
          4,
          5,
          6,
          1024,
          2048,
          new PipelineCounters.Latency(1000, 2000, 3000));
    }

    @Override
    public void addListener(PipelineListener listener) {}

    @Override
    public void removeListener(PipelineListener listener) {}

    @Override
    public void allow(long frames) {}

    @Override
    public Optional<Picture> snapshot() {
      return Optional.empty();
    }
  }
}
