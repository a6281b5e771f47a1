package org.dmabuf.importer.v4l2;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.video.queue.QueueType;

/** Every kind of video device that there is here. */
enum TestedNode {
  CAPTURE(
      List.of(QueueType.CAPTURE),
      registry -> new VividCapture(registry, Configured.of(VividCaptureConfig.class, Map.of()))),
  CAPTURE_WITH_A_RATE(
      List.of(QueueType.CAPTURE),
      registry ->
          new VividCapture(
              registry, Configured.of(VividCaptureConfig.class, Map.of("rate", 1000.0)))),
  CAPTURE_OF_SEVERAL_PLANES(
      List.of(QueueType.CAPTURE_MPLANE),
      registry ->
          new VividCapture(
              registry,
              Configured.of(
                  VividCaptureConfig.class,
                  Map.of("multiplanar", true, "formats", new String[] {"NM12", "YM12", "NV12"})))),
  CAPTURE_THAT_ATTACHES(
      List.of(QueueType.CAPTURE),
      registry ->
          new VividCapture(
              registry,
              Configured.of(VividCaptureConfig.class, Map.of("memory", NodeMemory.SCATTERED)))),
  OUTPUT(
      List.of(QueueType.OUTPUT),
      registry -> new VividOutput(registry, Configured.of(VividOutputConfig.class, Map.of()))),
  OUTPUT_WITH_A_RATE(
      List.of(QueueType.OUTPUT),
      registry ->
          new VividOutput(
              registry,
              Configured.of(VividOutputConfig.class, Map.of("rate", 1000.0, "hold", false)))),
  OUTPUT_OF_SEVERAL_PLANES(
      List.of(QueueType.OUTPUT_MPLANE),
      registry ->
          new VividOutput(
              registry,
              Configured.of(
                  VividOutputConfig.class,
                  Map.of("multiplanar", true, "formats", new String[] {"YM12", "NM12"})))),
  CONVERTER(
      List.of(QueueType.OUTPUT, QueueType.CAPTURE),
      registry ->
          new VideoConverter(registry, Configured.of(VideoConverterConfig.class, Map.of()))),
  CONVERTER_OF_SEVERAL_PLANES(
      List.of(QueueType.OUTPUT_MPLANE, QueueType.CAPTURE_MPLANE),
      registry ->
          new VideoConverter(
              registry,
              Configured.of(
                  VideoConverterConfig.class,
                  Map.of("multiplanar", true, "formats", new String[] {"NM12", "XR24"}))));

  private final List<QueueType> queues;
  private final Function<DmaBufRegistry, DeviceNode> maker;

  TestedNode(List<QueueType> queues, Function<DmaBufRegistry, DeviceNode> maker) {
    this.queues = queues;
    this.maker = maker;
  }

  List<QueueType> queues() {
    return queues;
  }

  boolean converts() {
    return queues.size() > 1;
  }

  /** Whether its output keeps the last buffer. */
  boolean holds() {
    return this == OUTPUT || this == OUTPUT_OF_SEVERAL_PLANES;
  }

  DeviceNode make(DmaBufRegistry registry) {
    return maker.apply(registry);
  }

  static void stop(DeviceNode node) {
    switch (node) {
      case VividCapture capture -> capture.stop();
      case VividOutput output -> output.stop();
      case VideoConverter converter -> converter.stop();
      default -> throw new IllegalArgumentException(node.name());
    }
  }
}
