package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;

/**
 * The requests about controls and events.
 *
 * <pre>
 *   QUERYCTRL   0 id | 4 kind | 8 name[32] | 40 minimum | 44 maximum | 48 step | 52 initial | 56 flags
 *   QUERYMENU   0 id | 4 index | 8 name[32]
 *   G_CTRL      0 id | 4 value
 *   SUBSCRIBE   0 type | 4 id | 8 flags
 *   DQEVENT     0 type | 8 changes | 12 kind | 16 value (64 bits) | 28 minimum | 32 maximum | 36 step
 *               | 40 initial | 72 pending | 76 sequence | 80 time: s, ns | 96 id
 * </pre>
 *
 * <p>Kernel counterpart: {@code v4l2-ctrls-api.c}, {@code v4l2-event.c}.
 */
final class ControlRequests {
  static final int ID = 0;
  static final int VALUE = 4;
  static final int KIND = 4;
  static final int NAME = 8;
  static final int MINIMUM = 40;
  static final int MAXIMUM = 44;
  static final int STEP = 48;
  static final int INITIAL = 52;
  static final int MENU_INDEX = 4;
  static final int EVENT_TYPE = 0;
  static final int EVENT_ID = 4;
  static final int EVENT_FLAGS = 8;
  static final int DEQUEUED_CHANGES = 8;
  static final int DEQUEUED_KIND = 12;
  static final int DEQUEUED_VALUE = 16;
  static final int DEQUEUED_MINIMUM = 28;
  static final int DEQUEUED_PENDING = 72;
  static final int DEQUEUED_SEQUENCE = 76;
  static final int DEQUEUED_SECONDS = 80;
  static final int DEQUEUED_NANOS = 88;
  static final int DEQUEUED_ID = 96;

  /** Of a number that is asked for: the next control behind it is meant. */
  static final int NEXT = 0x8000_0000;

  private static final int NAME_BYTES = 32;
  private static final int VALUE_CHANGED = 1;
  private static final long NANOS = 1_000_000_000L;

  private final NodeContext context;
  private final NodeFile file;

  ControlRequests(NodeContext context, NodeFile file) {
    this.context = context;
    this.file = file;
  }

  void query(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    int id = struct.getInt(ID);
    Optional<ControlInfo> found =
        (id & NEXT) != 0 ? context.controls().after(id & ~NEXT) : context.controls().find(id);
    ControlInfo info = found.orElseThrow(() -> context.error(Errno.EINVAL, none(), id));
    struct.setInt(ID, info.id());
    struct.setInt(KIND, info.kind().number());
    struct.setText(NAME, NAME_BYTES, info.name());
    struct.setInt(MINIMUM, info.minimum());
    struct.setInt(MAXIMUM, info.maximum());
    struct.setInt(STEP, info.step());
    struct.setInt(INITIAL, info.initial());
  }

  void queryMenu(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    ControlInfo info = known(struct.getInt(ID));
    int index = struct.getInt(MENU_INDEX);
    if (index < info.minimum() || index - info.minimum() >= info.items().size()) {
      throw context.error(
          Errno.EINVAL,
          "has no name %d of control %s; it has %s",
          index,
          info.name(),
          info.items());
    }
    struct.setText(NAME, NAME_BYTES, info.items().get(index - info.minimum()));
  }

  void get(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    ControlInfo info = known(struct.getInt(ID));
    if (info.kind() == ControlInfo.Kind.BUTTON) {
      throw context.error(Errno.EACCES, "has a button %s, which has no value", info.name());
    }
    struct.setInt(VALUE, context.controls().get(info.id()));
  }

  /** Sets a number to the nearest one there is; a menu's must be one of its own. */
  void set(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    ControlInfo info = known(struct.getInt(ID));
    int asked = struct.getInt(VALUE);
    boolean chooses = info.kind() == ControlInfo.Kind.MENU;
    if (chooses && (asked < info.minimum() || asked > info.maximum())) {
      throw context.error(
          Errno.ERANGE,
          "has no value %d of control %s; it has %s",
          asked,
          info.name(),
          info.items());
    }
    int value =
        info.kind() == ControlInfo.Kind.BOOLEAN ? (asked == 0 ? 0 : 1) : info.nearest(asked);
    context.controls().set(info, value, file);
    struct.setInt(VALUE, value);
  }

  void subscribe(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    int type = struct.getInt(EVENT_TYPE);
    int id = struct.getInt(EVENT_ID);
    int flags = struct.getInt(EVENT_FLAGS);
    if (type == VideoEvent.CONTROL) {
      known(id);
    } else if (type != VideoEvent.END_OF_STREAM || id != 0) {
      throw context.error(Errno.EINVAL, "has no events of type %d, id %d", type, id);
    }
    file.events().subscribe(type, id, flags);
    if (type == VideoEvent.CONTROL && (flags & VideoEvent.SEND_INITIAL) != 0) {
      int value = context.controls().get(id);
      file.events().add(type, id, value, false, context.registry().clock().nanos());
    }
  }

  /** Type 0 means all. */
  void unsubscribe(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    int type = struct.getInt(EVENT_TYPE);
    if (type == 0) {
      file.events().unsubscribeAll();
    } else {
      file.events().unsubscribe(type, struct.getInt(EVENT_ID));
    }
  }

  /** ENOENT when nothing has happened; it does not wait, POLLPRI tells when to ask. */
  void dequeueEvent(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoEvent event =
        file.events()
            .poll()
            .orElseThrow(() -> context.error(Errno.ENOENT, "has no event; poll for POLLPRI"));
    struct.setInt(EVENT_TYPE, event.type());
    context.controls().find(event.id()).ifPresent(info -> fill(struct, info, event));
    struct.setInt(DEQUEUED_PENDING, file.events().size());
    struct.setInt(DEQUEUED_SEQUENCE, (int) event.sequence());
    struct.setLong(DEQUEUED_SECONDS, event.timestampNanos() / NANOS);
    struct.setLong(DEQUEUED_NANOS, event.timestampNanos() % NANOS);
    struct.setInt(DEQUEUED_ID, event.id());
  }

  private static void fill(IoctlStruct struct, ControlInfo info, VideoEvent event) {
    struct.setInt(DEQUEUED_CHANGES, VALUE_CHANGED);
    struct.setInt(DEQUEUED_KIND, info.kind().number());
    struct.setLong(DEQUEUED_VALUE, event.value());
    struct.setInt(DEQUEUED_MINIMUM, info.minimum());
    struct.setInt(DEQUEUED_MINIMUM + 4, info.maximum());
    struct.setInt(DEQUEUED_MINIMUM + 8, info.step());
    struct.setInt(DEQUEUED_MINIMUM + 12, info.initial());
  }

  private ControlInfo known(int id) {
    return context.controls().find(id).orElseThrow(() -> context.error(Errno.EINVAL, none(), id));
  }

  private static String none() {
    return "has no control 0x%x; QUERYCTRL tells those that it has";
  }
}
