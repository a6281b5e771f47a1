package org.dmabuf.gem;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFlags;

/**
 * What an open device does with the structures that programs give it. The order in which arguments
 * are looked at is Linux's; of a request only the number counts, and one that the device does not
 * have is EINVAL.
 *
 * <pre>
 *   GEM_CLOSE            0 handle u32 | 4 pad u32 (ignored)
 *   PRIME_HANDLE_TO_FD   0 handle u32 | 4 flags u32 | 8 fd s32             FD_TO_HANDLE alike
 *   CREATE_DUMB          0 height u32 | 4 width u32 | 8 bpp u32 | 12 flags u32 (ignored)
 *                        | 16 handle u32 | 20 pitch u32 | 24 size u64
 *   MAP_DUMB             0 handle u32 | 4 pad u32 | 8 offset u64
 *   DESTROY_DUMB         0 handle u32
 *   FENCE_ATTACH         0 handle u32 | 4 flags u32 | 8 out_fence u32 | 12 pad u32
 *   FENCE_SIGNAL         0 fence u32 | 4 flags u32
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_ioctl()} and what it calls.
 */
final class GemRequests {
  static final int HANDLE = 0;
  static final int FLAGS = 4;
  static final int FD = 8;
  static final int DUMB_HEIGHT = 0;
  static final int DUMB_WIDTH = 4;
  static final int DUMB_BPP = 8;
  static final int DUMB_HANDLE = 16;
  static final int DUMB_PITCH = 20;
  static final int DUMB_SIZE = 24;
  static final int OFFSET = 8;
  static final int OUT_FENCE = 8;
  static final int FENCE_PAD = 12;

  private static final int SET_CLIENT_CAP = 0x0d;
  private static final int WAIT_VBLANK = 0x3a;
  private static final int FIRST_MODE = 0xa0;
  private static final int LAST_MODE = 0xbe;
  private static final int GETFB2 = 0xce;
  private static final int CLOSEFB = 0xd0;
  private static final int FIRST_SYNCOBJ = 0xbf;
  private static final int LAST_SYNCOBJ = 0xcf;

  private final GemCore device;
  private final GemNode node;
  private final GemFile file;

  GemRequests(GemCore device, GemNode node, GemFile file) {
    this.device = device;
    this.node = node;
    this.file = file;
  }

  /** Whether a request is one for devices of this kind at all. */
  boolean isOurs(int request) {
    return Ioctl.type(request) == GemIoctl.TYPE;
  }

  /** Does what a request asks; EINVAL for one that this device does not have. */
  Void call(FileTable caller, int request, MemorySegment argument) {
    int number = Ioctl.number(request);
    if (number == Ioctl.number(GemIoctl.CLOSE)) {
      file.close(IoctlStruct.of(request, argument).getInt(HANDLE));
    } else if (number == Ioctl.number(GemIoctl.HANDLE_TO_FD)) {
      handleToFd(caller, IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(GemIoctl.FD_TO_HANDLE)) {
      fdToHandle(caller, IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(GemIoctl.VERSION)) {
      GemVersion.tell(device.name(), IoctlStruct.of(request, argument), argument);
    } else if (number == Ioctl.number(GemIoctl.SET_VERSION)) {
      GemVersion.agree(device.name(), IoctlStruct.of(request, argument));
    } else if (isDumb(number)) {
      dumb(caller, number, IoctlStruct.of(request, argument));
    } else if (isFence(number)) {
      fence(number, IoctlStruct.of(request, argument));
    } else if (isModeSetting(number)) {
      throw refused(
          node == GemNode.RENDER ? Errno.EACCES : Errno.EOPNOTSUPP,
          "sets no modes by this node; the primary node of a display would work");
    } else if (number >= FIRST_SYNCOBJ && number <= LAST_SYNCOBJ) {
      throw refused(Errno.EOPNOTSUPP, "has no sync objects; a device that has them would work");
    } else {
      throw refused(Errno.EINVAL, "has no ioctl 0x" + Integer.toHexString(request));
    }
    return null;
  }

  private boolean isDumb(int number) {
    return device.info().features().contains(GemFeature.DUMB_BUFFERS) && isAnyDumb(number);
  }

  private static boolean isAnyDumb(int number) {
    return number >= Ioctl.number(GemIoctl.CREATE_DUMB)
        && number <= Ioctl.number(GemIoctl.DESTROY_DUMB);
  }

  private static boolean isModeSetting(int number) {
    return number == WAIT_VBLANK
        || number == SET_CLIENT_CAP
        || (number >= FIRST_MODE && number <= LAST_MODE && !isAnyDumb(number))
        || number == GETFB2
        || number == CLOSEFB;
  }

  private boolean isFence(int number) {
    return device.info().features().contains(GemFeature.CLIENT_FENCES)
        && (number == Ioctl.number(GemFenceIoctl.ATTACH)
            || number == Ioctl.number(GemFenceIoctl.SIGNAL));
  }

  private void handleToFd(FileTable caller, IoctlStruct struct) {
    int flags = struct.getInt(FLAGS);
    if ((flags & ~(GemIoctl.CLOEXEC | GemIoctl.RDWR)) != 0) {
      throw refused(
          Errno.EINVAL,
          "was to share an object with flags 0x"
              + Integer.toHexString(flags)
              + "; CLOEXEC and RDWR would work");
    }
    struct.setInt(FD, -1); // who cannot be told the descriptor gets none
    DmaBuf buffer = file.export(struct.getInt(HANDLE), flags & OpenFlags.O_ACCMODE);
    try {
      // The descriptor comes last; without it the object stays shared all the same.
      struct.setInt(FD, device.registry().fd(buffer, caller, (flags & GemIoctl.CLOEXEC) != 0));
    } catch (DmaBufException full) {
      buffer.close();
      throw full;
    }
  }

  private void fdToHandle(FileTable caller, IoctlStruct struct) {
    int fd = struct.getInt(FD);
    struct.setInt(HANDLE, 0); // who cannot be told the number gets none
    struct.setInt(HANDLE, file.importBuffer(device.registry().get(caller, fd)));
  }

  private void dumb(FileTable caller, int number, IoctlStruct struct) {
    if (node == GemNode.RENDER) {
      throw refused(
          Errno.EACCES, "makes and maps dumb buffers by its primary node, not by its render node");
    }
    if (number == Ioctl.number(GemIoctl.CREATE_DUMB)) {
      createDumb(caller, struct);
    } else if (number == Ioctl.number(GemIoctl.MAP_DUMB)) {
      mapDumb(struct);
    } else {
      file.close(struct.getInt(HANDLE));
    }
  }

  private void createDumb(FileTable caller, IoctlStruct struct) {
    DumbSize dumb =
        DumbSize.of(
            struct.getInt(DUMB_WIDTH),
            struct.getInt(DUMB_HEIGHT),
            struct.getInt(DUMB_BPP),
            device.registry().pageSize());
    struct.setInt(DUMB_HANDLE, 0); // who cannot be told the number gets none
    struct.setInt(DUMB_PITCH, (int) dumb.pitch());
    struct.setLong(DUMB_SIZE, dumb.size());
    struct.setInt(DUMB_HANDLE, file.handleOf(device.create(dumb.size(), caller.account())));
  }

  private void mapDumb(IoctlStruct struct) {
    int handle = struct.getInt(HANDLE);
    GemObject object = file.find(handle);
    try {
      if (object.isImported()) {
        throw refused(
            Errno.EINVAL,
            "was to map object " + handle + ", which is another device's; map its descriptor");
      }
      struct.setLong(OFFSET, device.offsets().of(object));
    } finally {
      object.put();
    }
  }

  private void fence(int number, IoctlStruct struct) {
    int flags = struct.getInt(FLAGS);
    boolean attach = number == Ioctl.number(GemFenceIoctl.ATTACH);
    if ((flags & ~(attach ? GemFenceIoctl.WRITE : 0)) != 0
        || (attach && struct.getInt(FENCE_PAD) != 0)) {
      throw refused(
          Errno.EINVAL,
          "was given a fence's request with flags 0x"
              + Integer.toHexString(flags)
              + "; 0, to attach also WRITE (1), and pad 0 would work");
    }
    if (attach) {
      attach(struct, flags == GemFenceIoctl.WRITE);
    } else {
      file.fences().signal(struct.getInt(HANDLE));
    }
  }

  private void attach(IoctlStruct struct, boolean write) {
    GemObject object = file.find(struct.getInt(HANDLE));
    try {
      struct.setInt(OUT_FENCE, struct.getInt(OUT_FENCE)); // who cannot be told gets none
      struct.setInt(OUT_FENCE, file.fences().attach(object, write));
    } finally {
      object.put();
    }
  }

  private DmaBufException refused(Errno errno, String why) {
    return new DmaBufException(errno, "Device " + device.name() + " " + why);
  }
}
