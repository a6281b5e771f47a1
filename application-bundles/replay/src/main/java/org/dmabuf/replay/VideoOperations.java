package org.dmabuf.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.format.Fourcc;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.VideoQueue;

/** Video devices: formats, buffers, streams. */
final class VideoOperations {
  private static final Map<String, Integer> MEMORY =
      Map.of(
          "MMAP", MemoryType.MMAP.number(),
          "USERPTR", MemoryType.USERPTR.number(),
          "DMABUF", MemoryType.DMABUF.number());
  private static final Map<String, Integer> EXPORT_FLAGS =
      Map.of("CLOEXEC", OpenFlags.O_CLOEXEC, "RDWR", OpenFlags.O_RDWR);

  /** In the order of the traces. */
  private static final List<BufferFlag> FLAGS =
      List.of(
          BufferFlag.MAPPED,
          BufferFlag.QUEUED,
          BufferFlag.DONE,
          BufferFlag.ERROR,
          BufferFlag.PREPARED);

  private VideoOperations() {}

  static Map<String, Operation> all() {
    return Map.ofEntries(
        Map.entry("s_fmt", VideoOperations::setFormat),
        Map.entry("reqbufs", VideoOperations::requestBuffers),
        Map.entry("create_bufs", VideoOperations::createBuffers),
        Map.entry("querybuf", VideoOperations::query),
        Map.entry("expbuf", VideoOperations::export),
        Map.entry("qbuf", VideoOperations::queue),
        Map.entry("prepare_buf", VideoOperations::prepare),
        Map.entry("dqbuf", VideoOperations::dequeue),
        Map.entry("streamon", VideoOperations::streamOn),
        Map.entry("streamoff", VideoOperations::streamOff),
        Map.entry("vpoll", VideoOperations::poll));
  }

  private static Answer setFormat(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    V4l2Format format =
        V4l2FormatIoctl.set(
            process.files(),
            device,
            type(process, device),
            arguments.narrow("w"),
            arguments.narrow("h"),
            Fourcc.of(arguments.text("fourcc")));
    return Answer.ok()
        .with("w", format.width())
        .with("h", format.height())
        .with("fourcc", Fourcc.text(format.fourcc()))
        .with("bytesperline", format.bytesPerLine().getFirst())
        .with("sizeimage", format.sizes().getFirst());
  }

  private static Answer requestBuffers(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    int count =
        V4l2Ioctl.requestBuffers(
            process.files(),
            device,
            type(process, device),
            arguments.flags("memory", MEMORY),
            arguments.narrow("count"));
    return Answer.ok().with("count", count);
  }

  private static Answer createBuffers(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    VideoQueue.Created made =
        V4l2Ioctl.createBuffers(
            process.files(),
            device,
            type(process, device),
            arguments.flags("memory", MEMORY),
            arguments.narrow("count"));
    return Answer.ok().with("index", made.index()).with("count", made.count());
  }

  private static Answer query(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    BufferStatus status =
        V4l2Ioctl.query(process.files(), device, type(process, device), arguments.narrow("index"));
    List<String> names = new ArrayList<>();
    for (BufferFlag flag : FLAGS) {
      if (status.is(flag)) {
        names.add(flag.name().toLowerCase(Locale.ROOT));
      }
    }
    return Answer.ok().with("length", status.planes().getFirst().length()).with("flags", names);
  }

  private static Answer export(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    int descriptor =
        V4l2Ioctl.export(
            process.files(),
            device,
            type(process, device),
            arguments.narrow("index"),
            arguments.narrowOr("plane", 0),
            arguments.flags("flags", EXPORT_FLAGS));
    return process.bound(arguments, descriptor);
  }

  private static Answer queue(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    V4l2Ioctl.queue(process.files(), device, buffer(process, arguments, device));
    return Answer.ok();
  }

  private static Answer prepare(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    V4l2Ioctl.prepare(process.files(), device, buffer(process, arguments, device));
    return Answer.ok();
  }

  /** The recorder asked without waiting. */
  private static Answer dequeue(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    FileTable files = process.files();
    files.control().setFlags(device, files.control().flags(device) | OpenFlags.O_NONBLOCK);
    BufferStatus status =
        V4l2Ioctl.dequeue(files, device, type(process, device), arguments.flags("memory", MEMORY));
    return Answer.ok().with("index", status.index());
  }

  private static Answer streamOn(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    V4l2Ioctl.streamOn(process.files(), device, type(process, device));
    return Answer.ok();
  }

  private static Answer streamOff(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("v");
    V4l2Ioctl.streamOff(process.files(), device, type(process, device));
    return Answer.ok();
  }

  private static Answer poll(TracedProcess process, Arguments arguments) {
    return FileOperations.poll(process, arguments.descriptor("v"), arguments);
  }

  private static V4l2Buffer buffer(TracedProcess process, Arguments arguments, int device) {
    V4l2Buffer.Plane plane =
        new V4l2Buffer.Plane(
            arguments.has("fd") ? arguments.descriptor("fd") : 0,
            0,
            Integer.toUnsignedLong(arguments.narrowOr("length", 0)),
            Integer.toUnsignedLong(arguments.narrowOr("bytesused", 0)),
            0);
    return new V4l2Buffer(
        type(process, device),
        arguments.flags("memory", MEMORY),
        arguments.narrow("index"),
        List.of(plane),
        0,
        -1,
        0);
  }

  /** The type of the one queue that the device has, as the device tells it. */
  private static int type(TracedProcess process, int device) {
    return V4l2FormatIoctl.capabilities(process.files(), device).queues().getFirst().number();
  }
}
