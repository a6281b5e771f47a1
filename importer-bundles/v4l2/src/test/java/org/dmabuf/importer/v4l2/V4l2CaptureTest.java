package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.Arena;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.video.Capture;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.VideoFormat;
import org.junit.jupiter.api.Test;

/** The driver over a source that comes and goes. */
class V4l2CaptureTest {
  private static final VideoFormat FORMAT = new VideoFormat(PixelFormat.GREY, 32, 16);

  private final V4l2Capture driver = new V4l2Capture("a test's source");

  @Test
  void itTakesAnyFormatUntilASourceSaysWhatItDelivers() {
    VideoFormat other = new VideoFormat(PixelFormat.NV12, 32, 16);
    assertThatCode(() -> driver.check(other)).doesNotThrowAnyException();
    driver.connect(new ConstantSource("bars"));
    assertThatCode(() -> driver.check(FORMAT)).doesNotThrowAnyException();
    DmaBufException refused =
        catchThrowableOfType(DmaBufException.class, () -> driver.check(other));
    assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
    assertThat(refused).hasMessageContaining("bars delivers GREY 32x16, and NV12 32x16 was asked");
  }

  @Test
  void itSaysWhatItWaitsForAndGoesOnWithTheNextSource() {
    assertThat(driver.capture(target())).isEqualTo(new Capture.NotReady("a test's source"));
    ConstantSource first = new ConstantSource("first");
    ConstantSource second = new ConstantSource("second");
    driver.connect(first);
    driver.connect(second);
    driver.disconnect(first); // DS binds the second before it unbinds the first
    assertThat(driver.capture(target())).isInstanceOf(Capture.Frame.class);
    assertThat(second.writer).isEqualTo("v4l2 1.0.7");
    assertThat(first.writer).isEmpty();
    driver.disconnect(second);
    assertThat(driver.capture(target())).isInstanceOf(Capture.NotReady.class);
  }

  private static FrameTarget target() {
    FrameView view = new FrameView(List.of(Arena.ofAuto().allocate(4096)), new TransferMeter());
    return new FrameTarget(view, FORMAT.layout(64), "v4l2 1.0.7");
  }
}
