package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.dmabuf.Errno;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;

class LiveSourceTest {
  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

  private final WaitingClock clock = new WaitingClock();
  private final MediaSources sources = new MediaSources(clock, 1);
  private final OpenFrameSource source =
      sources.open(SourceRequest.of("pattern").withSize(32, 32).withRate(10, 1).withLive(true));
  private final TestFrame frame = TestFrame.of(source.info());

  @Test
  void aReaderInTimeGetsEveryFrameAtTheRate() {
    assertThat(source.info().live()).isTrue();
    for (int i = 0; i < 5; i++) {
      assertThat(source.read(frame.target())).hasValue(i);
      source.delivered(i);
    }
    assertThat(clock.waited()).isEqualTo(4 * PERIOD);
    assertThat(source.dropped()).isZero();
  }

  @Test
  void framesThatNobodyTookAreDroppedAndCounted() {
    source.delivered(source.read(frame.target()).orElseThrow());
    clock.turn(4 * PERIOD + PERIOD / 2);
    assertThat(source.read(frame.target())).hasValue(4);
    assertThat(source.dropped()).isEqualTo(3);
    source.delivered(4);
    assertThat(source.read(frame.target())).hasValue(5);
    assertThat(clock.waited()).isEqualTo(PERIOD / 2);
  }

  @Test
  void aFrameThatWasReadIsNotDroppedUntilItIsDelivered() {
    source.read(frame.target());
    clock.turn(7 * PERIOD);
    assertThat(source.read(frame.target())).hasValue(0);
    assertThat(source.dropped()).isZero();
    source.delivered(0);
    assertThat(source.read(frame.target())).hasValue(7);
    assertThat(source.dropped()).isEqualTo(6);
  }

  @Test
  void waitingCanBeInterruptedAndRepeated() {
    source.delivered(source.read(frame.target()).orElseThrow());
    Thread.currentThread().interrupt();
    Failing.with(Errno.EINTR, () -> source.read(frame.target()));
    assertThat(source.read(frame.target())).hasValue(1);
  }

  @Test
  void aPatternThatIsNotLiveWaitsForItsReader() {
    OpenFrameSource patient = sources.open(SourceRequest.of("pattern").withSize(32, 32));
    clock.turn(100 * PERIOD);
    patient.delivered(patient.read(frame.target()).orElseThrow());
    clock.turn(100 * PERIOD);
    assertThat(patient.read(frame.target())).hasValue(1);
    assertThat(patient.dropped()).isZero();
    assertThat(clock.waited()).isZero();
  }
}
