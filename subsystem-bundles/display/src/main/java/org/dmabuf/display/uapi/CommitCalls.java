package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.KmsInfo.Feature;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.file.IoctlStruct;

/**
 * What changes the screen.
 *
 * <pre>
 *   SETCRTC     0 set_connectors_ptr u64 | 8 count_connectors u32 | 12 crtc_id u32 | 16 fb_id u32
 *               | 20 x u32 | 24 y u32 | 28 gamma_size u32 | 32 mode_valid u32 | 36 mode
 *   PAGE_FLIP   0 crtc_id u32 | 4 fb_id u32 | 8 flags u32 | 12 reserved u32 | 16 user_data u64
 *   ATOMIC      0 flags u32 | 4 count_objs u32 | 8 objs_ptr u64 | 16 count_props_ptr u64
 *               | 24 props_ptr u64 | 32 prop_values_ptr u64 | 40 reserved u64 | 48 user_data u64
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_mode_setcrtc()}, {@code drm_mode_page_flip_ioctl()}, {@code
 * drm_mode_atomic_ioctl()}.
 */
final class CommitCalls {
  static final int SET_BYTES = 104;
  static final int SET_COUNT = 8;
  static final int SET_CRTC = 12;
  static final int SET_FB = 16;
  static final int SET_MODE_VALID = 32;
  static final int SET_MODE = 36;
  static final int FLIP_BYTES = 24;
  static final int FLIP_FB = 4;
  static final int FLIP_FLAGS = 8;
  static final int FLIP_USER_DATA = 16;
  static final int ATOMIC_BYTES = 56;
  static final int ATOMIC_COUNT = 4;
  static final int ATOMIC_OBJECTS = 8;
  static final int ATOMIC_COUNTS = 16;
  static final int ATOMIC_PROPERTIES = 24;
  static final int ATOMIC_VALUES = 32;
  static final int ATOMIC_USER_DATA = 48;

  private static final int FLIP_RESERVED = 12;
  private static final int ATOMIC_RESERVED = 40;
  private static final int KNOWN =
      KmsIoctl.EVENT | KmsIoctl.TEST_ONLY | KmsIoctl.NONBLOCK | KmsIoctl.ALLOW_MODESET;
  private static final int MOST = 1 << 12;

  private CommitCalls() {}

  static void setCrtc(KmsRequest request) {
    Crtc crtc = request.node().crtc(request.getInt(SET_CRTC));
    int count = request.getInt(SET_COUNT);
    if (request.getInt(SET_MODE_VALID) == 0) {
      if (count != 0 || request.getInt(SET_FB) > 0) {
        throw refused(request, "switch a CRTC off with connectors or a framebuffer; neither");
      }
      request.kms().switchOff(crtc);
      return;
    }
    if (count < 1 || count > request.node().device().connectors().size()) {
      throw refused(request, "set a CRTC with " + count + " connectors; those that there are");
    }
    List<Connector> connectors = new ArrayList<>();
    IoctlStruct list = request.list(request.getLong(0), (long) count * Integer.BYTES);
    for (int i = 0; i < count; i++) {
      connectors.add(request.node().connector(list.getInt((long) i * Integer.BYTES)));
    }
    request.kms().setCrtc(crtc, request.getInt(SET_FB), mode(request), connectors);
  }

  private static Mode mode(KmsRequest request) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[ModeInfo.BYTES]);
    for (long at = 0; at < ModeInfo.BYTES; at += Integer.BYTES) {
      bytes.set(
          java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, at, request.getInt(SET_MODE + at));
    }
    return ModeInfo.read(bytes);
  }

  static void pageFlip(KmsRequest request) {
    int flags = request.getInt(FLIP_FLAGS);
    if ((flags & ~(KmsIoctl.EVENT | async(request))) != 0 || request.getInt(FLIP_RESERVED) != 0) {
      throw refused(
          request,
          "flip a page with flags 0x"
              + Integer.toHexString(flags)
              + "; EVENT (1), and ASYNC (2) where the display can");
    }
    Crtc crtc = request.node().crtc(request.getInt(0));
    OptionalLong event =
        (flags & KmsIoctl.EVENT) != 0
            ? OptionalLong.of(request.getLong(FLIP_USER_DATA))
            : OptionalLong.empty();
    request
        .kms()
        .pageFlip(crtc, request.getInt(FLIP_FB), event, flags(flags).toArray(AtomicFlag[]::new));
  }

  /** Returns the flag of flips without a vblank for a display that can, else none. */
  private static int async(KmsRequest request) {
    boolean can = request.node().device().info().features().contains(Feature.ASYNC_FLIP);
    return can ? KmsIoctl.ASYNC : 0;
  }

  static void atomic(KmsRequest request) {
    int flags = request.getInt(0);
    boolean test = (flags & KmsIoctl.TEST_ONLY) != 0;
    if (!request.file().caps().atomic()) {
      throw refused(request, "commit for one who does not know how; the capability ATOMIC first");
    }
    if ((flags & ~(KNOWN | async(request))) != 0 || request.getLong(ATOMIC_RESERVED) != 0) {
      throw refused(
          request,
          "commit with flags 0x"
              + Integer.toHexString(flags)
              + "; EVENT, TEST_ONLY, NONBLOCK and ALLOW_MODESET, and ASYNC where the display can");
    }
    if (test && (flags & KmsIoctl.EVENT) != 0) {
      throw refused(request, "tell of a commit that is only tested; one of both");
    }
    AtomicRequest changes = new AtomicRequest();
    read(request, new AtomicProperties(request, changes));
    if ((flags & KmsIoctl.EVENT) != 0) {
      changes.event(request.getLong(ATOMIC_USER_DATA));
    }
    request.kms().commit(changes, flags(flags).toArray(AtomicFlag[]::new));
  }

  private static Set<AtomicFlag> flags(int flags) {
    Set<AtomicFlag> set = EnumSet.noneOf(AtomicFlag.class);
    if ((flags & KmsIoctl.TEST_ONLY) != 0) {
      set.add(AtomicFlag.TEST_ONLY);
    }
    if ((flags & KmsIoctl.ASYNC) != 0) {
      set.add(AtomicFlag.ASYNC);
    }
    if ((flags & KmsIoctl.NONBLOCK) != 0) {
      set.add(AtomicFlag.NONBLOCK);
    }
    if ((flags & KmsIoctl.ALLOW_MODESET) != 0) {
      set.add(AtomicFlag.ALLOW_MODESET);
    }
    return set;
  }

  private static void read(KmsRequest request, AtomicProperties properties) {
    int objects = request.getInt(ATOMIC_COUNT);
    long at = 0;
    for (int i = 0; i < checked(request, objects); i++) {
      long place = (long) i * Integer.BYTES;
      int id = at(request, ATOMIC_OBJECTS, place, Integer.BYTES).getInt(0);
      ModeObject object =
          request
              .node()
              .object(id)
              .orElseThrow(
                  () ->
                      request
                          .node()
                          .refused(
                              Errno.ENOENT,
                              "was to change object "
                                  + Integer.toUnsignedString(id)
                                  + "; it has none of that number"));
      int count = at(request, ATOMIC_COUNTS, place, Integer.BYTES).getInt(0);
      for (int p = 0; p < checked(request, count); p++, at++) {
        properties.set(
            object,
            at(request, ATOMIC_PROPERTIES, at * Integer.BYTES, Integer.BYTES).getInt(0),
            at(request, ATOMIC_VALUES, at * Long.BYTES, Long.BYTES).getLong(0));
      }
    }
  }

  private static int checked(KmsRequest request, int count) {
    if (count < 0 || count > MOST) {
      throw refused(
          request, "change " + Integer.toUnsignedString(count) + " at once; up to " + MOST);
    }
    return count;
  }

  private static IoctlStruct at(KmsRequest request, long pointer, long offset, long bytes) {
    return request.list(request.getLong(pointer) + offset, bytes);
  }

  private static DmaBufException refused(KmsRequest request, String what) {
    return request.node().refused(Errno.EINVAL, "was to " + what + " would work");
  }
}
