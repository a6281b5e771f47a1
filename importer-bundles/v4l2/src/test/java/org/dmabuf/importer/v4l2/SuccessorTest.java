package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.handover.DeviceState;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2ControlIoctl;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A device whose driver was replaced goes on where the old one was. */
final class SuccessorTest {
  private static final String CAPTURE = "video device " + VividCapture.NODE;
  private static final String KIND = "org.dmabuf.video";

  private VideoRig rig;
  private DmaBufRegistry newDriver;
  private DeviceNode successor;
  private int device;

  @AfterEach
  void close() {
    if (successor != null) {
      TestedNode.stop(successor);
    }
    rig.close();
  }

  private void open(TestedNode kind) {
    rig = new VideoRig(kind);
  }

  /** The bundle stops, and its next version starts. */
  private void replace(TestedNode kind) {
    rig.core.leave(rig.driver);
    TestedNode.stop(rig.node);
    rig.core.close(rig.driver);
    start(kind);
  }

  private void start(TestedNode kind) {
    newDriver = rig.core.open("video driver 1.0.1");
    successor = kind.make(newDriver);
    device = openSuccessor();
  }

  private int openSuccessor() {
    return successor.open(rig.files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
  }

  private V4l2Format format(QueueType type) {
    return V4l2FormatIoctl.get(rig.files, device, type.number());
  }

  private int control(int id) {
    return V4l2ControlIoctl.get(rig.files, device, id);
  }

  private long capture(int from, int index) {
    V4l2Ioctl.queue(rig.files, from, V4l2Buffer.of(QueueType.CAPTURE, MemoryType.MMAP, index));
    return V4l2Ioctl.dequeue(rig.files, from, QueueType.CAPTURE.number(), 0).sequence();
  }

  private void stream(int from) {
    int type = QueueType.CAPTURE.number();
    V4l2Ioctl.requestBuffers(rig.files, from, type, MemoryType.MMAP.number(), 2);
    V4l2Ioctl.streamOn(rig.files, from, type);
  }

  @Test
  void shouldGoOnWithFormatControlsRateAndSequence() {
    open(TestedNode.CAPTURE);
    V4l2FormatIoctl.set(
        rig.files, rig.device, QueueType.CAPTURE.number(), 128, 96, VideoPixels.NV12.fourcc());
    V4l2ControlIoctl.set(rig.files, rig.device, ControlId.BRIGHTNESS, 7);
    V4l2ControlIoctl.set(rig.files, rig.device, ControlId.TEST_PATTERN, 2);
    V4l2ControlIoctl.set(rig.files, rig.device, ControlId.INJECT_ERROR, 1);
    stream(rig.device);
    assertThat(capture(rig.device, 0)).isZero();
    assertThat(capture(rig.device, 1)).isEqualTo(1);
    assertThat(capture(rig.device, 0)).isEqualTo(2);
    V4l2Format before = rig.format(QueueType.CAPTURE);

    replace(TestedNode.CAPTURE);

    assertThat(format(QueueType.CAPTURE)).isEqualTo(before);
    assertThat(before.width()).isEqualTo(128);
    assertThat(control(ControlId.BRIGHTNESS)).isEqualTo(7);
    assertThat(control(ControlId.TEST_PATTERN)).isEqualTo(2);
    assertThat(control(ControlId.HFLIP)).isZero();
    stream(device);
    assertThat(capture(device, 0)).as("no number is missing, and none comes twice").isEqualTo(3);
    assertThat(capture(device, 1)).isEqualTo(4);
    V4l2Ioctl.streamOff(rig.files, device, QueueType.CAPTURE.number());
    V4l2Ioctl.streamOn(rig.files, device, QueueType.CAPTURE.number());
    assertThat(capture(device, 0)).as("a stream of the successor's own").isZero();
  }

  @Test
  void shouldGoOnAfterASuccessorThatHadNoTimeToStream() {
    open(TestedNode.CAPTURE);
    stream(rig.device);
    assertThat(capture(rig.device, 0)).isZero();
    replace(TestedNode.CAPTURE);
    int between = device;
    replaceSuccessor();
    stream(device);
    assertThat(capture(device, 0)).isEqualTo(1);
    rig.files.close(between);
  }

  /** The next version's bundle stops, and the one after it starts. */
  private void replaceSuccessor() {
    rig.core.leave(newDriver);
    TestedNode.stop(successor);
    rig.core.close(newDriver);
    start(TestedNode.CAPTURE);
  }

  @Test
  void shouldBeginStreamsAnewThatHadEnded() {
    open(TestedNode.CAPTURE);
    stream(rig.device);
    assertThat(capture(rig.device, 0)).isZero();
    rig.streamOff(QueueType.CAPTURE);
    replace(TestedNode.CAPTURE);
    stream(device);
    assertThat(capture(device, 0)).isZero();
  }

  @Test
  void shouldGoOnWithAnOutput() {
    open(TestedNode.OUTPUT_WITH_A_RATE);
    QueueType type = QueueType.OUTPUT;
    V4l2FormatIoctl.set(rig.files, rig.device, type.number(), 64, 48, VideoPixels.GREY.fourcc());
    rig.request(type, MemoryType.MMAP, 2);
    rig.streamOn(type);
    rig.queue(rig.mmap(type, 0));
    assertThat(rig.dequeue(type).sequence()).isZero();
    replace(TestedNode.OUTPUT_WITH_A_RATE);
    assertThat(format(type).fourcc()).isEqualTo(VideoPixels.GREY.fourcc());
    V4l2Ioctl.requestBuffers(rig.files, device, type.number(), MemoryType.MMAP.number(), 2);
    V4l2Ioctl.streamOn(rig.files, device, type.number());
    V4l2Ioctl.queue(rig.files, device, V4l2Buffer.of(type, MemoryType.MMAP, 0));
    BufferStatus next = V4l2Ioctl.dequeue(rig.files, device, type.number(), 0);
    assertThat(next.sequence()).isEqualTo(1);
  }

  @Test
  void shouldGiveEachProgramsConverterBackToIt() {
    open(TestedNode.CONVERTER);
    int second = rig.open();
    V4l2ControlIoctl.set(rig.files, rig.device, ControlId.ROTATE, 90);
    V4l2ControlIoctl.set(rig.files, second, ControlId.ROTATE, 180);
    V4l2FormatIoctl.set(
        rig.files, second, QueueType.OUTPUT.number(), 320, 240, VideoPixels.NV12.fourcc());
    DmaBufRegistry stranger = rig.core.open("stranger");
    int closed = rig.open();
    V4l2ControlIoctl.set(rig.files, closed, ControlId.ROTATE, 270);
    rig.files.close(closed);

    replace(TestedNode.CONVERTER);

    int theirs = successor.open(stranger.files(), OpenFlags.O_RDWR);
    assertThat(V4l2ControlIoctl.get(stranger.files(), theirs, ControlId.ROTATE)).isZero();
    int other = openSuccessor();
    List<Integer> turned =
        List.of(
            control(ControlId.ROTATE), V4l2ControlIoctl.get(rig.files, other, ControlId.ROTATE));
    assertThat(turned).containsExactlyInAnyOrder(90, 180);
    int nv12 = turned.getFirst() == 180 ? device : other;
    V4l2Format format = V4l2FormatIoctl.get(rig.files, nv12, QueueType.OUTPUT.number());
    assertThat(format.fourcc()).isEqualTo(VideoPixels.NV12.fourcc());
    assertThat(format.width()).isEqualTo(320);
    int third = openSuccessor();
    assertThat(V4l2ControlIoctl.get(rig.files, third, ControlId.ROTATE)).isZero();
    rig.core.close(stranger);
  }

  @Test
  void shouldLeavePlainDataOnly() {
    open(TestedNode.CAPTURE);
    V4l2ControlIoctl.set(rig.files, rig.device, ControlId.BRIGHTNESS, 7);
    TestedNode.stop(rig.node);
    DeviceState left = rig.exporter.takeState(CAPTURE, KIND, 1).orElseThrow();
    assertThat(left.version()).isEqualTo(1);
    assertThat(left.values().get("contexts"))
        .isEqualTo(
            List.of(
                Map.of(
                    "program",
                    "",
                    "controls",
                    Map.of(Integer.toUnsignedString(ControlId.BRIGHTNESS), 7L),
                    "formats",
                    Map.of(
                        "CAPTURE",
                        Map.of(
                            "fourcc",
                            (long) VideoPixels.YUYV.fourcc(),
                            "width",
                            64L,
                            "height",
                            48L,
                            "line",
                            128L,
                            "align",
                            0L)),
                    "sequences",
                    Map.of())));
  }

  @Test
  void shouldBeginAnewWithAStateThatItDoesNotKnow() {
    open(TestedNode.CONVERTER);
    int initial = V4l2FormatIoctl.get(rig.files, rig.open(), QueueType.CAPTURE.number()).fourcc();
    Map<String, Object> set =
        Map.of("contexts", List.of(Map.of("controls", Map.of("9963776", 7)))); // brightness
    rig.exporter.leaveState(CAPTURE, new DeviceState(KIND, 2, set));
    start(TestedNode.CAPTURE);
    assertThat(control(ControlId.BRIGHTNESS)).isEqualTo(128);
    assertThat(format(QueueType.CAPTURE).fourcc()).isEqualTo(initial);
    assertThat(newDriver.takeState(CAPTURE, KIND, 2)).as("it waits no longer").isEmpty();
  }

  @Test
  void shouldTakeOfAStateWhatSuitsIt() {
    open(TestedNode.CONVERTER);
    Map<String, Object> context =
        Map.of(
            "program",
            "",
            "period",
            -5,
            "controls",
            Map.of("9963776", 999, "9963796", 1, "1", 1, "not a number", 3, "9963797", "text"),
            "formats",
            Map.of(
                "CAPTURE",
                Map.of("fourcc", 1, "width", 64, "height", 48, "line", 0, "align", 0),
                "OUTPUT",
                Map.of("width", 64),
                "NONE",
                List.of()),
            "sequences",
            Map.of("CAPTURE", -1, "OUTPUT", 3));
    rig.exporter.leaveState(
        CAPTURE,
        new DeviceState(
            KIND, 1, Map.of("contexts", List.of("nothing", context), "frames", "many")));
    start(TestedNode.CAPTURE);
    // The first one, "nothing", is as a new one; the second one is nobody's.
    assertThat(control(ControlId.HFLIP)).isZero();

    TestedNode.stop(successor);
    assertThat(rig.exporter.takeState(CAPTURE, KIND, 1)).isPresent();
    rig.exporter.leaveState(
        CAPTURE, new DeviceState(KIND, 1, Map.of("contexts", List.of(context))));
    start(TestedNode.CAPTURE);
    assertThat(control(ControlId.BRIGHTNESS)).as("beyond its range").isEqualTo(128);
    assertThat(control(ControlId.HFLIP)).isEqualTo(1);
    assertThat(format(QueueType.CAPTURE).fourcc()).isEqualTo(VideoPixels.YUYV.fourcc());
    stream(device);
    assertThat(capture(device, 0)).isZero();
  }
}
