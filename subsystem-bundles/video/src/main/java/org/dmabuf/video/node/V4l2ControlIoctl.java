package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;

/**
 * The requests of a video device about controls and events, each with one call; their errors are
 * those that {@link V4l2Ioctl} names, and what stands here.
 */
public final class V4l2ControlIoctl {
  private static final int NAME_BYTES = 32;
  private static final long NANOS = 1_000_000_000L;

  private V4l2ControlIoctl() {}

  /** Tells what controls a device has, by number: QUERYCTRL. */
  public static List<V4l2Control> controls(FileTable table, int device) {
    List<V4l2Control> controls = new ArrayList<>();
    int id = 0;
    while (true) {
      MemorySegment argument = V4l2Ioctl.segment(V4l2Request.QUERYCTRL);
      IoctlStruct struct = IoctlStruct.of(V4l2Request.QUERYCTRL, argument);
      struct.setInt(ControlRequests.ID, id | ControlRequests.NEXT);
      try {
        table.ioctl(device, V4l2Request.QUERYCTRL, argument);
      } catch (DmaBufException end) {
        if (end.errno() != Errno.EINVAL) {
          throw end;
        }
        return controls;
      }
      id = struct.getInt(ControlRequests.ID);
      controls.add(
          new V4l2Control(
              id,
              struct.getText(ControlRequests.NAME, NAME_BYTES),
              struct.getInt(ControlRequests.KIND),
              struct.getInt(ControlRequests.MINIMUM),
              struct.getInt(ControlRequests.MAXIMUM),
              struct.getInt(ControlRequests.STEP),
              struct.getInt(ControlRequests.INITIAL)));
    }
  }

  /**
   * Tells the name of a menu's value: QUERYMENU.
   *
   * @throws DmaBufException EINVAL when there is no such control or value
   */
  public static String menuName(FileTable table, int device, int id, int value) {
    MemorySegment argument = V4l2Ioctl.segment(V4l2Request.QUERYMENU);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.QUERYMENU, argument);
    struct.setInt(ControlRequests.ID, id);
    struct.setInt(ControlRequests.MENU_INDEX, value);
    table.ioctl(device, V4l2Request.QUERYMENU, argument);
    return struct.getText(ControlRequests.NAME, NAME_BYTES);
  }

  /**
   * Tells a control's value: G_CTRL.
   *
   * @throws DmaBufException EINVAL when there is no such control; EACCES for a button
   */
  public static int get(FileTable table, int device, int id) {
    return control(table, device, V4l2Request.G_CTRL, id, 0);
  }

  /**
   * Sets a control to the nearest value that it has: S_CTRL.
   *
   * @return the value that it has now
   * @throws DmaBufException EINVAL when there is no such control; ERANGE for a value that a menu
   *     does not have
   */
  public static int set(FileTable table, int device, int id, int value) {
    return control(table, device, V4l2Request.S_CTRL, id, value);
  }

  private static int control(FileTable table, int device, int request, int id, int value) {
    MemorySegment argument = V4l2Ioctl.segment(request);
    IoctlStruct struct = IoctlStruct.of(request, argument);
    struct.setInt(ControlRequests.ID, id);
    struct.setInt(ControlRequests.VALUE, value);
    table.ioctl(device, request, argument);
    return struct.getInt(ControlRequests.VALUE);
  }

  /**
   * Has a file told of events: SUBSCRIBE_EVENT.
   *
   * @param type see {@link VideoEvent}
   * @param id the control, for those; else 0
   * @param flags see {@link VideoEvent}
   * @throws DmaBufException EINVAL for events that the device does not have
   */
  public static void subscribe(FileTable table, int device, int type, int id, int flags) {
    event(table, device, V4l2Request.SUBSCRIBE_EVENT, type, id, flags);
  }

  /** Ends a subscription, or with type 0 all: UNSUBSCRIBE_EVENT. */
  public static void unsubscribe(FileTable table, int device, int type, int id) {
    event(table, device, V4l2Request.UNSUBSCRIBE_EVENT, type, id, 0);
  }

  private static void event(FileTable table, int device, int request, int type, int id, int flags) {
    MemorySegment argument = V4l2Ioctl.segment(request);
    IoctlStruct struct = IoctlStruct.of(request, argument);
    struct.setInt(ControlRequests.EVENT_TYPE, type);
    struct.setInt(ControlRequests.EVENT_ID, id);
    struct.setInt(ControlRequests.EVENT_FLAGS, flags);
    table.ioctl(device, request, argument);
  }

  /**
   * Takes the next event: DQEVENT.
   *
   * @throws DmaBufException ENOENT when there is none; POLLPRI tells when there is
   */
  public static VideoEvent dequeueEvent(FileTable table, int device) {
    MemorySegment argument = V4l2Ioctl.segment(V4l2Request.DQEVENT);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.DQEVENT, argument);
    table.ioctl(device, V4l2Request.DQEVENT, argument);
    return new VideoEvent(
        struct.getInt(ControlRequests.EVENT_TYPE),
        struct.getInt(ControlRequests.DEQUEUED_ID),
        (int) struct.getLong(ControlRequests.DEQUEUED_VALUE),
        Integer.toUnsignedLong(struct.getInt(ControlRequests.DEQUEUED_SEQUENCE)),
        struct.getLong(ControlRequests.DEQUEUED_SECONDS) * NANOS
            + struct.getLong(ControlRequests.DEQUEUED_NANOS));
  }
}
