package org.dmabuf.replay;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.Whence;

/** Calls that every kind of file has. */
final class FileOperations {
  private static final Map<String, Integer> WHENCE =
      Map.of("SET", Whence.SEEK_SET, "CUR", Whence.SEEK_CUR, "END", Whence.SEEK_END);

  /** An event with its name. */
  private record Event(String name, int bit) {}

  /** In the order of the traces. */
  private static final List<Event> EVENTS =
      List.of(
          new Event("IN", PollEvents.POLLIN),
          new Event("PRI", PollEvents.POLLPRI),
          new Event("OUT", PollEvents.POLLOUT),
          new Event("ERR", PollEvents.POLLERR),
          new Event("HUP", PollEvents.POLLHUP),
          new Event("NVAL", PollEvents.POLLNVAL));

  private FileOperations() {}

  static Map<String, Operation> all() {
    return Map.of(
        "close", FileOperations::close,
        "dup", FileOperations::dup,
        "lseek", FileOperations::lseek,
        "cloexec", FileOperations::cloexec,
        "same", FileOperations::same,
        "poll", FileOperations::poll,
        "read", FileOperations::read,
        "write", FileOperations::write);
  }

  private static Answer close(TracedProcess process, Arguments arguments) {
    int descriptor = arguments.descriptor("fd");
    process.files().close(descriptor);
    process.names().closed(descriptor);
    return Answer.ok();
  }

  private static Answer dup(TracedProcess process, Arguments arguments) {
    int from = arguments.descriptor("fd");
    int descriptor = process.files().dup(from);
    process.names().duplicated(from, descriptor);
    return process.bound(arguments, descriptor);
  }

  private static Answer lseek(TracedProcess process, Arguments arguments) {
    long position =
        process
            .files()
            .lseek(
                arguments.descriptor("fd"),
                arguments.wide("off"),
                arguments.flags("whence", WHENCE));
    return Answer.ok().with("pos", position);
  }

  private static Answer cloexec(TracedProcess process, Arguments arguments) {
    boolean set = process.files().isCloseOnExec(arguments.descriptor("fd"));
    return Answer.ok().with("set", set);
  }

  private static Answer same(TracedProcess process, Arguments arguments) {
    boolean same = process.files().isSame(arguments.descriptor("a"), arguments.descriptor("b"));
    return Answer.ok().with("same", same);
  }

  private static Answer poll(TracedProcess process, Arguments arguments) {
    return poll(process, arguments.descriptor("fd"), arguments);
  }

  static Answer poll(TracedProcess process, int descriptor, Arguments arguments) {
    int asked =
        arguments.flags("events", Map.of("IN", PollEvents.POLLIN, "OUT", PollEvents.POLLOUT));
    int ready = process.files().poll(descriptor, asked);
    return Answer.ok().with("revents", names(ready));
  }

  private static Answer read(TracedProcess process, Arguments arguments) {
    process.files().read(arguments.descriptor("fd"), buffer(arguments));
    return Answer.ok();
  }

  private static Answer write(TracedProcess process, Arguments arguments) {
    process.files().write(arguments.descriptor("fd"), buffer(arguments));
    return Answer.ok();
  }

  private static MemorySegment buffer(Arguments arguments) {
    return MemorySegment.ofArray(new byte[arguments.length("len")]);
  }

  private static List<String> names(int events) {
    List<String> names = new ArrayList<>();
    for (Event event : EVENTS) {
      if ((events & event.bit()) != 0) {
        names.add(event.name());
      }
    }
    return names;
  }
}
