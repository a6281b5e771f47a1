package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.display.kms.OutFence;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.display.kms.PlaneState;
import org.dmabuf.display.kms.Rect;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.sync.SyncFile;

/**
 * Turns properties with numbers into changes of a request. An error in one leaves those before it
 * in the request, which is then not committed; but what was written to the program stays.
 *
 * <p>Used by one thread. Kernel counterpart: {@code drm_atomic_set_property()}.
 */
final class AtomicProperties {
  private static final int CLIP_BYTES = 16;

  private final KmsRequest request;
  private final AtomicRequest changes;

  AtomicProperties(KmsRequest request, AtomicRequest changes) {
    this.request = request;
    this.changes = changes;
  }

  /** Sets a property; ENOENT when the object has none of that number; EINVAL, EFAULT. */
  void set(ModeObject object, int id, long value) {
    Property property =
        request
            .node()
            .property(id)
            .filter(known -> known.isOf(object))
            .orElseThrow(
                () ->
                    request
                        .node()
                        .refused(
                            Errno.ENOENT,
                            "was to set property "
                                + Integer.toUnsignedString(id)
                                + " of "
                                + object
                                + "; it has none of that number"));
    if (property.isImmutable() || !property.takes(value)) {
      throw bad(property, value);
    }
    switch (object) {
      case Plane plane -> set(plane, property, value);
      case Crtc crtc -> set(crtc, property, value);
      case Connector connector -> set(connector, property, value);
    }
  }

  private void set(Crtc crtc, Property property, long value) {
    switch (property) {
      case ACTIVE -> changes.set(crtc, state -> state.withActive(value == 1));
      case MODE_ID -> {
        Optional<byte[]> blob = blob(property, value);
        if (blob.isPresent() && blob.get().length != ModeInfo.BYTES) {
          throw bad(property, value);
        }
        changes.set(
            crtc,
            state ->
                state.withMode(
                    blob.map(bytes -> ModeInfo.read(MemorySegment.ofArray(bytes))), (int) value));
      }
      case OUT_FENCE_PTR -> fencePointer(value).ifPresent(to -> changes.outFence(crtc, to));
      default -> throw bad(property, value);
    }
  }

  private void set(Connector connector, Property property, long value) {
    switch (property) {
      case CRTC_ID -> changes.feed(connector, crtc(property, value));
      case WRITEBACK_FB_ID ->
          framebuffer(property, value).ifPresent(into -> changes.writeInto(connector, into));
      case WRITEBACK_OUT_FENCE_PTR ->
          fencePointer(value).ifPresent(to -> changes.writtenFence(connector, to));
      default -> throw bad(property, value);
    }
  }

  private void set(Plane plane, Property property, long value) {
    int number = (int) value;
    switch (property) {
      case CRTC_ID -> {
        Optional<Crtc> crtc = crtc(property, value);
        changes.set(plane, state -> state.withCrtc(crtc));
      }
      case FB_ID -> {
        Optional<Framebuffer> framebuffer = framebuffer(property, value);
        changes.set(plane, state -> state.withFramebuffer(framebuffer));
      }
      case IN_FENCE_FD -> inFence(plane, number);
      case CRTC_X, CRTC_Y, CRTC_W, CRTC_H ->
          changes.set(
              plane, state -> state.withDestination(sided(state.destination(), property, value)));
      case SRC_X, SRC_Y, SRC_W, SRC_H ->
          changes.set(plane, state -> state.withSource(sided(state.source(), property, value)));
      case FB_DAMAGE_CLIPS -> {
        List<Rect> clips = clips(property, value);
        changes.set(plane, state -> state.withDamage(clips));
      }
      case ALPHA, BLEND, ZPOS -> blending(plane, property, number);
      default -> {
        PlaneState.Colors known = PlaneLook.with(property, value, PlaneState.Colors.DEFAULT);
        if (known == null) {
          throw bad(property, value);
        }
        changes.set(
            plane, state -> state.withColors(PlaneLook.with(property, value, state.colors())));
      }
    }
  }

  private void blending(Plane plane, Property property, int value) {
    changes.set(
        plane,
        state -> {
          PlaneState.Blending now = state.blending();
          return state.withBlending(
              switch (property) {
                case ALPHA -> new PlaneState.Blending(value, now.mode(), now.zpos());
                case BLEND ->
                    new PlaneState.Blending(now.alpha(), PlaneLook.blend(value), now.zpos());
                default -> new PlaneState.Blending(now.alpha(), now.mode(), value);
              });
        });
  }

  private static Rect sided(Rect before, Property property, long value) {
    return switch (property) {
      case CRTC_X, SRC_X -> new Rect((int) value, before.y(), before.width(), before.height());
      case CRTC_Y, SRC_Y -> new Rect(before.x(), (int) value, before.width(), before.height());
      case CRTC_W, SRC_W -> new Rect(before.x(), before.y(), value, before.height());
      default -> new Rect(before.x(), before.y(), before.width(), value);
    };
  }

  private void inFence(Plane plane, int fd) {
    if (fd == -1) {
      return;
    }
    DmaFence fence =
        SyncFile.fenceOf(request.caller(), fd).orElseThrow(() -> bad(Property.IN_FENCE_FD, fd));
    changes.inFence(plane, fence);
  }

  /** Says at once that there is no fence, as a program may look there whatever becomes of this. */
  private Optional<OutFence> fencePointer(long address) {
    if (address == 0) {
      return Optional.empty();
    }
    IoctlStruct pointer = request.list(address, Integer.BYTES);
    pointer.setInt(0, -1);
    return Optional.of(new Installed(pointer));
  }

  /** A fence as a descriptor of the program's. */
  private final class Installed implements OutFence {
    private final IoctlStruct pointer;
    private int fd;

    Installed(IoctlStruct pointer) {
      this.pointer = pointer;
    }

    @Override
    public void offered(DmaFence fence) {
      fd = new SyncFile(fence).install(request.caller());
      pointer.setInt(0, fd);
    }

    @Override
    public void withdrawn() {
      pointer.setInt(0, -1);
      request.caller().close(fd);
    }
  }

  private Optional<Crtc> crtc(Property property, long value) {
    return value == 0
        ? Optional.empty()
        : Optional.of(
            request
                .node()
                .object((int) value)
                .filter(Crtc.class::isInstance)
                .map(Crtc.class::cast)
                .orElseThrow(() -> bad(property, value)));
  }

  private Optional<Framebuffer> framebuffer(Property property, long value) {
    return value == 0
        ? Optional.empty()
        : Optional.of(
            request.kms().framebuffer((int) value).orElseThrow(() -> bad(property, value)));
  }

  private Optional<byte[]> blob(Property property, long value) {
    return value == 0
        ? Optional.empty()
        : Optional.of(
            request.node().blobs().find((int) value).orElseThrow(() -> bad(property, value)));
  }

  private List<Rect> clips(Property property, long value) {
    List<Rect> clips = new ArrayList<>();
    byte[] bytes = blob(property, value).orElse(new byte[0]);
    MemorySegment memory = MemorySegment.ofArray(bytes);
    for (int at = 0; at < bytes.length; at += CLIP_BYTES) {
      if (bytes.length - at < CLIP_BYTES) {
        throw bad(property, value);
      }
      int left = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
      int top = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4L);
      long right = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + 8L);
      long bottom = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + 12L);
      if (right < left || bottom < top) {
        throw bad(property, value);
      }
      clips.add(new Rect(left, top, right - left, bottom - top));
    }
    return clips;
  }

  private DmaBufException bad(Property property, long value) {
    return request
        .node()
        .refused(
            Errno.EINVAL,
            "was to set "
                + property.label()
                + " to "
                + value
                + (property.isImmutable()
                    ? "; nobody can set it"
                    : "; a value that it takes, or something that there is, would work"));
  }
}
