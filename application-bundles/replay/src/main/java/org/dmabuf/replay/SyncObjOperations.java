package org.dmabuf.replay;

import java.math.BigInteger;
import java.util.Map;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.sync.SyncObjIoctl;
import org.dmabuf.sync.SyncObjListIoctl;

/** Devices that are opened by name, and their sync objects. */
final class SyncObjOperations {
  /** Waits of the traces do not wait. */
  private static final long AT_ONCE = 0;

  private SyncObjOperations() {}

  static Map<String, Operation> all() {
    return Map.ofEntries(
        Map.entry("open", SyncObjOperations::open),
        Map.entry("syncobj_create", SyncObjOperations::create),
        Map.entry("syncobj_destroy", SyncObjOperations::destroy),
        Map.entry("syncobj_to_fd", SyncObjOperations::toFile),
        Map.entry("syncobj_from_fd", SyncObjOperations::fromFile),
        Map.entry("syncobj_export", SyncObjOperations::exportSyncFile),
        Map.entry("syncobj_import", SyncObjOperations::importSyncFile),
        Map.entry("syncobj_wait", SyncObjOperations::await),
        Map.entry("syncobj_reset", SyncObjOperations::reset),
        Map.entry("syncobj_signal", SyncObjOperations::signal),
        Map.entry("syncobj_timeline_signal", SyncObjOperations::signalPoint),
        Map.entry("syncobj_timeline_wait", SyncObjOperations::awaitPoint),
        Map.entry("syncobj_query", SyncObjOperations::query),
        Map.entry("syncobj_transfer", SyncObjOperations::transfer));
  }

  private static Answer open(TracedProcess process, Arguments arguments) {
    int flags = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
    String node = arguments.text("dev");
    int descriptor = process.devices().nodes().open(process.files(), node, flags);
    return process.opened(arguments, node, descriptor);
  }

  private static Answer create(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int handle = SyncObjIoctl.create(process.files(), device, arguments.narrow("flags"));
    return boundHandle(process, arguments, device, handle);
  }

  private static Answer destroy(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int handle = arguments.handle("obj", device);
    SyncObjIoctl.destroy(process.files(), device, handle);
    process.names().destroyed(device, handle);
    return Answer.ok();
  }

  private static Answer toFile(TracedProcess process, Arguments arguments) {
    return file(process, arguments, arguments.narrow("flags"));
  }

  private static Answer exportSyncFile(TracedProcess process, Arguments arguments) {
    return file(process, arguments, SyncObjIoctl.SYNC_FILE);
  }

  private static Answer file(TracedProcess process, Arguments arguments, int flags) {
    int device = arguments.descriptor("dev");
    int descriptor =
        SyncObjIoctl.toFile(process.files(), device, arguments.handle("obj", device), flags);
    return process.bound(arguments, descriptor);
  }

  /** With a sync file it goes into handle 0, which there never is. */
  private static Answer fromFile(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int handle =
        SyncObjIoctl.fromFile(
            process.files(), device, arguments.descriptor("fd"), 0, arguments.narrow("flags"));
    return boundHandle(process, arguments, device, handle);
  }

  private static Answer importSyncFile(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    SyncObjIoctl.fromFile(
        process.files(),
        device,
        arguments.descriptor("sync"),
        arguments.handle("obj", device),
        SyncObjIoctl.SYNC_FILE);
    return Answer.ok();
  }

  private static Answer await(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    int first =
        SyncObjListIoctl.await(
            process.files(),
            device,
            arguments.handles("objs", device),
            arguments.narrow("flags"),
            AT_ONCE);
    return Answer.ok().with("first", first);
  }

  private static Answer reset(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    SyncObjListIoctl.reset(process.files(), device, arguments.handles("objs", device));
    return Answer.ok();
  }

  private static Answer signal(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    SyncObjListIoctl.signal(process.files(), device, arguments.handles("objs", device));
    return Answer.ok();
  }

  private static Answer signalPoint(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    SyncObjListIoctl.signalPoints(
        process.files(), device, one(arguments, device), point(arguments));
    return Answer.ok();
  }

  private static Answer awaitPoint(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    SyncObjListIoctl.awaitPoints(
        process.files(),
        device,
        one(arguments, device),
        point(arguments),
        arguments.narrow("flags"),
        AT_ONCE);
    return Answer.ok();
  }

  private static Answer query(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    long point = SyncObjListIoctl.query(process.files(), device, one(arguments, device), 0)[0];
    return Answer.ok().with("point", new BigInteger(Long.toUnsignedString(point)));
  }

  private static Answer transfer(TracedProcess process, Arguments arguments) {
    int device = arguments.descriptor("dev");
    SyncObjIoctl.transfer(
        process.files(),
        device,
        arguments.handle("dst", device),
        arguments.wide("dst_point"),
        arguments.handle("src", device),
        arguments.wide("src_point"),
        arguments.narrow("flags"));
    return Answer.ok();
  }

  private static int[] one(Arguments arguments, int device) {
    return new int[] {arguments.handle("obj", device)};
  }

  private static long[] point(Arguments arguments) {
    return new long[] {arguments.wide("point")};
  }

  private static Answer boundHandle(
      TracedProcess process, Arguments arguments, int device, int handle) {
    arguments.as().ifPresent(name -> process.names().bindHandle(name, device, handle));
    return Answer.ok();
  }
}
