package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.importer.v4l2.VideoRig.refuses;

import java.util.List;
import org.dmabuf.CpuMapping;
import org.dmabuf.Errno;
import org.dmabuf.file.PollEvents;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.V4l2Control;
import org.dmabuf.video.node.V4l2ControlIoctl;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.node.VideoEvent;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What programs set of a capture device, what they see of it, and what they are told. */
final class VideoControlsTest {
  private static final QueueType TYPE = QueueType.CAPTURE;
  private static final int SIDE = 64;

  private final VideoRig rig = new VideoRig(TestedNode.CAPTURE);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldTellItsControls() {
    List<V4l2Control> all = V4l2ControlIoctl.controls(rig.files, rig.device);
    assertThat(all)
        .extracting(V4l2Control::id)
        .containsExactly(
            ControlId.BRIGHTNESS,
            ControlId.HFLIP,
            ControlId.VFLIP,
            ControlId.ROTATE,
            ControlId.INJECT_ERROR,
            ControlId.INJECT_BREAK,
            ControlId.TEST_PATTERN);
    assertThat(all.getFirst())
        .isEqualTo(new V4l2Control(ControlId.BRIGHTNESS, "Brightness", 1, 0, 255, 1, 128));
    assertThat(V4l2ControlIoctl.menuName(rig.files, rig.device, ControlId.TEST_PATTERN, 0))
        .isEqualTo("BARS");
    refuses(
        Errno.EINVAL,
        () -> V4l2ControlIoctl.menuName(rig.files, rig.device, ControlId.TEST_PATTERN, 4));
    refuses(Errno.EINVAL, () -> get(0x1234));
    refuses(Errno.EINVAL, () -> set(0x1234, 0));
    refuses(Errno.EACCES, () -> get(ControlId.INJECT_ERROR));
  }

  @Test
  void shouldSetTheNearestValueThatThereIs() {
    assertThat(set(ControlId.BRIGHTNESS, 1000)).isEqualTo(255);
    assertThat(set(ControlId.BRIGHTNESS, -1)).isZero();
    assertThat(get(ControlId.BRIGHTNESS)).isZero();
    assertThat(set(ControlId.ROTATE, 100)).isEqualTo(90);
    assertThat(set(ControlId.ROTATE, 1000)).isEqualTo(270);
    assertThat(set(ControlId.HFLIP, 17)).isEqualTo(1);
    refuses(Errno.ERANGE, () -> set(ControlId.TEST_PATTERN, 4));
  }

  @Test
  void shouldTellOthersWhatWasSet() {
    int other = rig.open();
    subscribe(rig.device, 0);
    subscribe(other, VideoEvent.SEND_INITIAL);
    assertThat(V4l2ControlIoctl.dequeueEvent(rig.files, other).value()).isEqualTo(128);
    refuses(Errno.ENOENT, () -> V4l2ControlIoctl.dequeueEvent(rig.files, other));
    set(ControlId.BRIGHTNESS, 10);
    set(ControlId.BRIGHTNESS, 20);
    assertThat(rig.files.poll(other, PollEvents.POLLPRI)).isEqualTo(PollEvents.POLLPRI);
    VideoEvent event = V4l2ControlIoctl.dequeueEvent(rig.files, other);
    assertThat(event.type()).isEqualTo(VideoEvent.CONTROL);
    assertThat(event.id()).isEqualTo(ControlId.BRIGHTNESS);
    assertThat(event.value()).as("only the latest waits").isEqualTo(20);
    assertThat(rig.files.poll(other, PollEvents.POLLPRI)).isZero();
    refuses(Errno.ENOENT, () -> V4l2ControlIoctl.dequeueEvent(rig.files, rig.device));
    subscribe(rig.device, VideoEvent.ALLOW_FEEDBACK);
    set(ControlId.BRIGHTNESS, 30);
    assertThat(V4l2ControlIoctl.dequeueEvent(rig.files, rig.device).value()).isEqualTo(30);
    V4l2ControlIoctl.unsubscribe(rig.files, rig.device, VideoEvent.CONTROL, ControlId.BRIGHTNESS);
    set(ControlId.BRIGHTNESS, 40);
    refuses(Errno.ENOENT, () -> V4l2ControlIoctl.dequeueEvent(rig.files, rig.device));
    refuses(Errno.EINVAL, () -> V4l2ControlIoctl.subscribe(rig.files, other, 77, 0, 0));
  }

  @Test
  void shouldShowWhatWasSet() {
    V4l2FormatIoctl.set(
        rig.files, rig.device, TYPE.number(), SIDE, SIDE, VideoPixels.GREY.fourcc());
    rig.request(TYPE, MemoryType.MMAP, 2);
    rig.streamOn(TYPE);
    set(ControlId.TEST_PATTERN, 1);
    int[] ramp = row(SIDE - 1);
    assertThat(ramp[0]).isEqualTo(16);
    assertThat(ramp[SIDE - 1]).isGreaterThan(225);
    set(ControlId.HFLIP, 1);
    int[] mirrored = row(SIDE - 1);
    for (int x = 0; x < SIDE; x++) {
      assertThat(mirrored[x]).isEqualTo(ramp[SIDE - 1 - x]);
    }
    set(ControlId.ROTATE, 90);
    assertThat(row(0)).containsOnly(row(0)[0]);
    set(ControlId.TEST_PATTERN, 3);
    assertThat(row(5)).containsOnly(235);
    set(ControlId.BRIGHTNESS, 0);
    assertThat(row(5)[0]).isBetween(120, 130);
  }

  /** Captures a frame and returns one of its rows. */
  private int[] row(int y) {
    rig.queue(rig.mmap(TYPE, 0));
    rig.dequeue(TYPE);
    int fd = V4l2Ioctl.export(rig.files, rig.device, TYPE.number(), 0, 0, 0);
    int[] row = new int[SIDE];
    try (CpuMapping mapping = rig.files.mmap(fd, SIDE * SIDE, 0, 1, 1)) {
      for (int x = 0; x < SIDE; x++) {
        row[x] = mapping.load(y * SIDE + x);
      }
    }
    rig.files.close(fd);
    return row;
  }

  @Test
  @Row("V5")
  void shouldFailTheNextFrameWhenAskedTo() {
    rig.request(TYPE, MemoryType.MMAP, 2);
    rig.streamOn(TYPE);
    set(ControlId.INJECT_ERROR, 1);
    rig.queue(rig.mmap(TYPE, 0));
    BufferStatus failed = rig.dequeue(TYPE);
    assertThat(failed.is(BufferFlag.ERROR)).isTrue();
    assertThat(failed.planes().getFirst().bytesUsed()).isZero();
    rig.queue(rig.mmap(TYPE, 0));
    assertThat(rig.dequeue(TYPE).is(BufferFlag.ERROR)).isFalse();
  }

  @Test
  @Row("V5")
  void shouldNotGoOnWhenItsStreamIsBroken() {
    rig.request(TYPE, MemoryType.MMAP, 2);
    rig.streamOn(TYPE);
    set(ControlId.INJECT_BREAK, 1);
    rig.queue(rig.mmap(TYPE, 0));
    assertThat(rig.files.poll(rig.device, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLERR);
    refuses(Errno.EIO, () -> V4l2Ioctl.dequeue(rig.files, rig.device, TYPE.number(), 1));
    refuses(Errno.EIO, () -> rig.queue(rig.mmap(TYPE, 1)));
    rig.streamOff(TYPE);
    rig.streamOn(TYPE);
    rig.queue(rig.mmap(TYPE, 0));
    assertThat(rig.dequeue(TYPE).index()).isZero();
  }

  private void subscribe(int device, int flags) {
    V4l2ControlIoctl.subscribe(rig.files, device, VideoEvent.CONTROL, ControlId.BRIGHTNESS, flags);
  }

  private int get(int id) {
    return V4l2ControlIoctl.get(rig.files, rig.device, id);
  }

  private int set(int id, int value) {
    return V4l2ControlIoctl.set(rig.files, rig.device, id, value);
  }
}
