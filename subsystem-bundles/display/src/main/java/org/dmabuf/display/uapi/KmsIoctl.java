package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.display.Mode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * How a program sets modes and shows framebuffers, with one call each; what it reads of a display
 * is in {@link KmsQuery}, atomic commits are in {@link AtomicIoctl}.
 *
 * <p>All calls throw EBADF when the device is not open, ENOTTY when it is no device, EOPNOTSUPP
 * when it has no screen, and ENODEV when its driver has gone. Kernel counterpart: {@code
 * include/uapi/drm/drm_mode.h}.
 */
public final class KmsIoctl {
  /** The type of all requests of DRM. */
  static final char TYPE = 'd';

  /** Asks what the device can. */
  public static final int GET_CAP = Ioctl.readWrite(TYPE, 0x0c, 16);

  /** Says what the program understands. */
  public static final int SET_CLIENT_CAP = Ioctl.write(TYPE, 0x0d, 16);

  /** Waits for a vblank. */
  public static final int WAIT_VBLANK = Ioctl.readWrite(TYPE, 0x3a, VblankCalls.BYTES);

  /** Switches a CRTC on or off. */
  public static final int SETCRTC = Ioctl.readWrite(TYPE, 0xa2, CommitCalls.SET_BYTES);

  /** Takes a framebuffer away, also from the screen. */
  public static final int RMFB = Ioctl.readWrite(TYPE, 0xaf, Integer.BYTES);

  /** Shows another framebuffer. */
  public static final int PAGE_FLIP = Ioctl.readWrite(TYPE, 0xb0, CommitCalls.FLIP_BYTES);

  /** Makes a framebuffer. */
  public static final int ADDFB2 = Ioctl.readWrite(TYPE, 0xb8, FramebufferCalls.ADD_BYTES);

  /** Takes a framebuffer away, not from the screen. */
  public static final int CLOSEFB = Ioctl.readWrite(TYPE, 0xd0, FramebufferCalls.CLOSE_BYTES);

  /** Capability of a program: it makes atomic commits. */
  public static final int CAP_ATOMIC = 3;

  /** Capability of a program: it knows writeback connectors. */
  public static final int CAP_WRITEBACK = 5;

  /** Flag of a flip or a commit: an event when it is on the screen. */
  public static final int EVENT = 0x1;

  /** Comes at once, without a vblank; for displays that tell so by a capability. */
  public static final int ASYNC = 0x2;

  /** Flag of a commit: says only whether it would be accepted. */
  public static final int TEST_ONLY = 0x100;

  /** Flag of a commit: does not wait. */
  public static final int NONBLOCK = 0x200;

  /** Flag of a commit: may switch CRTCs. */
  public static final int ALLOW_MODESET = 0x400;

  private KmsIoctl() {}

  /**
   * Asks what the device can.
   *
   * @param capability DRM's number of it
   * @return 0 for no; 1, or more where the capability says what that means
   * @throws DmaBufException EINVAL for a number that has no meaning
   */
  public static long cap(FileTable table, int device, long capability) {
    MemorySegment memory = segment(GET_CAP, 0);
    IoctlStruct struct = IoctlStruct.of(GET_CAP, memory);
    struct.setLong(0, capability);
    table.ioctl(device, GET_CAP, memory);
    return struct.getLong(Long.BYTES);
  }

  /**
   * Says what the program understands.
   *
   * @param capability {@link #CAP_ATOMIC}, {@link #CAP_WRITEBACK} after that, and others of DRM
   * @param value 1 for yes, 0 for no
   * @throws DmaBufException EINVAL for another capability or value
   */
  public static void setClientCap(FileTable table, int device, long capability, long value) {
    MemorySegment memory = segment(SET_CLIENT_CAP, 0);
    IoctlStruct struct = IoctlStruct.of(SET_CLIENT_CAP, memory);
    struct.setLong(0, capability);
    struct.setLong(Long.BYTES, value);
    table.ioctl(device, SET_CLIENT_CAP, memory);
  }

  /**
   * Makes a framebuffer of one plane in one buffer.
   *
   * @param handle the buffer's in this open file
   * @param width pixels, unsigned
   * @param height rows, unsigned
   * @param fourcc DRM's code of the format
   * @param pitch bytes from row to row, unsigned
   * @param offset of the first row, unsigned
   * @param modifier with the flag that it has a meaning; empty without; never null
   * @return its number, 1 or more
   * @throws DmaBufException EINVAL, ERANGE, ENOENT for a handle that the file does not have
   */
  public static int addFb2(
      FileTable table,
      int device,
      int handle,
      int width,
      int height,
      int fourcc,
      int pitch,
      int offset,
      OptionalLong modifier) {
    MemorySegment memory = segment(ADDFB2, 0);
    IoctlStruct struct = IoctlStruct.of(ADDFB2, memory);
    struct.setInt(FramebufferCalls.WIDTH, width);
    struct.setInt(FramebufferCalls.HEIGHT, height);
    struct.setInt(FramebufferCalls.FORMAT, fourcc);
    struct.setInt(
        FramebufferCalls.FLAGS, modifier.isPresent() ? FramebufferCalls.MODIFIERS_FLAG : 0);
    struct.setInt(FramebufferCalls.HANDLES, handle);
    struct.setInt(FramebufferCalls.PITCHES, pitch);
    struct.setInt(FramebufferCalls.OFFSETS, offset);
    struct.setLong(FramebufferCalls.MODIFIERS, modifier.orElse(0));
    table.ioctl(device, ADDFB2, memory);
    return struct.getInt(0);
  }

  /**
   * Takes a framebuffer away; a plane that shows it shows nothing then.
   *
   * @throws DmaBufException ENOENT for one that the file does not have
   */
  public static void rmFb(FileTable table, int device, int fb) {
    MemorySegment memory = segment(RMFB, 0);
    IoctlStruct.of(RMFB, memory).setInt(0, fb);
    table.ioctl(device, RMFB, memory);
  }

  /**
   * Takes a framebuffer away; a plane that shows it goes on.
   *
   * @throws DmaBufException ENOENT for one that the file does not have
   */
  public static void closeFb(FileTable table, int device, int fb) {
    MemorySegment memory = segment(CLOSEFB, 0);
    IoctlStruct.of(CLOSEFB, memory).setInt(0, fb);
    table.ioctl(device, CLOSEFB, memory);
  }

  /**
   * Switches a CRTC to a mode with one connector and shows a framebuffer.
   *
   * @param fb its number, -1 for what is shown
   * @throws DmaBufException EACCES, ENOENT, EINVAL, ENOSPC, ERESTARTSYS
   */
  public static void setCrtc(
      FileTable table, int device, int crtc, int fb, int connector, Mode mode) {
    int bytes = Ioctl.bytes(SETCRTC);
    MemorySegment memory = segment(SETCRTC, Integer.BYTES);
    IoctlStruct struct = IoctlStruct.of(SETCRTC, memory);
    struct.setLong(0, memory.address() + bytes);
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, bytes, connector);
    struct.setInt(CommitCalls.SET_COUNT, 1);
    struct.setInt(CommitCalls.SET_CRTC, crtc);
    struct.setInt(CommitCalls.SET_FB, fb);
    struct.setInt(CommitCalls.SET_MODE_VALID, 1);
    ModeInfo.write(memory.asSlice(CommitCalls.SET_MODE, ModeInfo.BYTES), mode, false);
    table.ioctl(device, SETCRTC, memory);
  }

  /**
   * Switches a CRTC off.
   *
   * @throws DmaBufException EACCES, ENOENT, ERESTARTSYS
   */
  public static void switchOff(FileTable table, int device, int crtc) {
    MemorySegment memory = segment(SETCRTC, 0);
    IoctlStruct.of(SETCRTC, memory).setInt(CommitCalls.SET_CRTC, crtc);
    table.ioctl(device, SETCRTC, memory);
  }

  /**
   * Shows another framebuffer at the next vblank.
   *
   * @param flags {@link #EVENT}, {@link #ASYNC}
   * @param userData what the event carries back
   * @throws DmaBufException EACCES, EINVAL, EBUSY, ENOENT, ENOSPC
   */
  public static void pageFlip(
      FileTable table, int device, int crtc, int fb, int flags, long userData) {
    MemorySegment memory = segment(PAGE_FLIP, 0);
    IoctlStruct struct = IoctlStruct.of(PAGE_FLIP, memory);
    struct.setInt(0, crtc);
    struct.setInt(CommitCalls.FLIP_FB, fb);
    struct.setInt(CommitCalls.FLIP_FLAGS, flags);
    struct.setLong(CommitCalls.FLIP_USER_DATA, userData);
    table.ioctl(device, PAGE_FLIP, memory);
  }

  /**
   * Waits for the next vblank of a CRTC.
   *
   * @param index which of the device's CRTCs, from 0
   * @return its number
   * @throws DmaBufException EINVAL while it is off; ERESTARTSYS
   */
  public static int waitVblank(FileTable table, int device, int index) {
    MemorySegment memory = segment(WAIT_VBLANK, 0);
    IoctlStruct struct = IoctlStruct.of(WAIT_VBLANK, memory);
    struct.setInt(0, VblankCalls.RELATIVE | index << 1);
    struct.setInt(Integer.BYTES, 1);
    table.ioctl(device, WAIT_VBLANK, memory);
    return struct.getInt(Integer.BYTES);
  }

  /** An event as it was read. */
  public record Event(boolean isFlip, long userData, int sequence, int crtc) {}

  /**
   * Reads the events that there are.
   *
   * @return none when there is none
   */
  public static List<Event> readEvents(FileTable table, int device) {
    List<Event> events = new ArrayList<>();
    MemorySegment memory = MemorySegment.ofArray(new byte[EventBytes.BYTES]);
    while ((table.poll(device, org.dmabuf.file.PollEvents.POLLIN)
            & org.dmabuf.file.PollEvents.POLLIN)
        != 0) {
      table.read(device, memory);
      events.add(
          new Event(
              memory.get(ValueLayout.JAVA_INT_UNALIGNED, 0) == EventBytes.FLIP_COMPLETE,
              memory.get(ValueLayout.JAVA_LONG_UNALIGNED, EventBytes.USER_DATA),
              memory.get(ValueLayout.JAVA_INT_UNALIGNED, EventBytes.SEQUENCE),
              memory.get(ValueLayout.JAVA_INT_UNALIGNED, EventBytes.CRTC)));
    }
    return events;
  }

  /** Returns memory for a request's structure with some bytes behind it. */
  static MemorySegment segment(int request, long behind) {
    return MemorySegment.ofArray(new byte[Ioctl.bytes(request) + Math.toIntExact(behind)]);
  }
}
