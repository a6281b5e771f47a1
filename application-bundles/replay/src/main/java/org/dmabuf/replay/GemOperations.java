package org.dmabuf.replay;

import java.util.Map;
import org.dmabuf.CpuMapping;
import org.dmabuf.gem.DumbBuffer;
import org.dmabuf.gem.GemFenceIoctl;
import org.dmabuf.gem.GemIoctl;

/** Objects of GEM devices, how devices share them, and the fences that programs attach to them. */
final class GemOperations {
  private static final Map<String, Integer> FLAGS =
      Map.of("CLOEXEC", GemIoctl.CLOEXEC, "RDWR", GemIoctl.RDWR);

  private GemOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "dumb_create", GemOperations::createDumb,
        "dumb_map", GemOperations::mapDumb,
        "gem_close", GemOperations::close,
        "handle_to_fd", GemOperations::handleToFd,
        "fd_to_handle", GemOperations::fdToHandle,
        "vgem_attach", GemOperations::attach,
        "vgem_signal", GemOperations::signal);
  }

  private static Answer createDumb(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    DumbBuffer made =
        GemIoctl.createDumb(
            process.files(),
            device,
            arguments.narrow("w"),
            arguments.narrow("h"),
            arguments.narrow("bpp"));
    return process
        .boundObject(arguments, device, made.handle())
        .with("pitch", Integer.toUnsignedLong(made.pitch()))
        .with("size", made.size());
  }

  private static Answer mapDumb(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    CpuMapping mapping =
        GemIoctl.mmapDumb(
            process.files(), device, arguments.handle("handle", device), arguments.wide("len"));
    arguments.as().ifPresent(name -> process.names().bind(name, mapping));
    return Answer.ok();
  }

  private static Answer close(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int handle = arguments.handle("handle", device);
    GemIoctl.close(process.files(), device, handle);
    process.names().destroyed(device, handle);
    return Answer.ok();
  }

  private static Answer handleToFd(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int descriptor =
        GemIoctl.handleToFd(
            process.files(),
            device,
            arguments.handle("handle", device),
            arguments.flags("flags", FLAGS));
    return process.bound(arguments, descriptor);
  }

  private static Answer fdToHandle(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int handle = GemIoctl.fdToHandle(process.files(), device, arguments.descriptor("fd"));
    return process.boundObject(arguments, device, handle);
  }

  private static Answer attach(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int fence =
        GemFenceIoctl.attach(
            process.files(), device, arguments.handle("handle", device), arguments.narrow("flags"));
    arguments.as().ifPresent(name -> process.names().bindFence(name, device, fence));
    return Answer.ok();
  }

  private static Answer signal(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    GemFenceIoctl.signal(process.files(), device, arguments.fence("fence", device));
    return Answer.ok();
  }
}
