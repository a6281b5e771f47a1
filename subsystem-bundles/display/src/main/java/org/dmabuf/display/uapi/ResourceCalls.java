package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.CrtcState;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.display.kms.PlaneState;
import org.dmabuf.negotiation.SizeLimits;

/**
 * What there is, and what it is set to. A list is filled when there is room for all of it; how many
 * there are is told in any case.
 *
 * <pre>
 *   GETRESOURCES        0 fb_id_ptr u64 | 8 crtc_id_ptr | 16 connector_id_ptr | 24 encoder_id_ptr
 *                       | 32 count_fbs u32 | 36 count_crtcs | 40 count_connectors
 *                       | 44 count_encoders | 48 min_width | 52 max_width | 56 min_height
 *                       | 60 max_height
 *   GETCRTC             as SETCRTC, see CommitCalls
 *   GETENCODER          0 encoder_id u32 | 4 type | 8 crtc_id | 12 possible_crtcs
 *                       | 16 possible_clones
 *   GETPLANERESOURCES   0 plane_id_ptr u64 | 8 count_planes u32
 *   GETPLANE            0 plane_id u32 | 4 crtc_id | 8 fb_id | 12 possible_crtcs | 16 gamma_size
 *                       | 20 count_format_types | 24 format_type_ptr u64
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_mode_getresources()} and the like.
 */
final class ResourceCalls {
  static final int RESOURCES_BYTES = 64;
  static final int CRTC_LIST = 8;
  static final int CONNECTOR_LIST = 16;
  static final int CRTC_COUNT = 36;
  static final int CONNECTOR_COUNT = 40;
  static final int ENCODER_BYTES = 20;
  static final int PLANES_BYTES = 16;
  static final int PLANES_COUNT = 8;
  static final int PLANE_BYTES = 32;
  static final int PLANE_POSSIBLE = 12;

  private static final int ENCODER_LIST = 24;
  private static final int FB_COUNT = 32;
  private static final int ENCODER_COUNT = 44;
  private static final int LIMITS = 48;
  private static final int VIRTUAL = 5;
  private static final int FORMAT_COUNT = 20;
  private static final int FORMAT_LIST = 24;

  private ResourceCalls() {}

  static void resources(KmsRequest request) {
    KmsDevice device = request.node().device();
    boolean writeback = request.file().caps().writeback();
    request.setInt(FB_COUNT, 0); // those of others are nobody's business
    request.tell(CRTC_LIST, CRTC_COUNT, ids(device.crtcs()));
    request.tell(
        CONNECTOR_LIST,
        CONNECTOR_COUNT,
        ids(
            device.connectors().stream()
                .filter(connector -> writeback || connector.kind() == Connector.Kind.SCREEN)
                .toList()));
    request.tell(ENCODER_LIST, ENCODER_COUNT, request.node().encoders());
    SizeLimits sizes = device.info().sizes();
    request.setInt(LIMITS, sizes.minWidth());
    request.setInt(LIMITS + Integer.BYTES, sizes.maxWidth());
    request.setInt(LIMITS + 2L * Integer.BYTES, sizes.minHeight());
    request.setInt(LIMITS + 3L * Integer.BYTES, sizes.maxHeight());
  }

  static void crtc(KmsRequest request) {
    Crtc crtc = request.node().crtc(request.getInt(CommitCalls.SET_CRTC));
    CrtcState state = request.kms().state().of(crtc);
    Optional<PlaneState> primary =
        request.node().device().planes().stream()
            .filter(plane -> plane.kind() == Plane.Kind.PRIMARY && plane.possibleCrtc() == crtc)
            .map(plane -> request.kms().state().of(plane))
            .findFirst();
    request.setInt(
        CommitCalls.SET_FB,
        primary.flatMap(PlaneState::framebuffer).map(Framebuffer::id).orElse(0));
    request.setInt(CommitCalls.SET_MODE_VALID, state.active() ? 1 : 0);
    state.mode().filter(mode -> state.active()).ifPresent(mode -> tell(request, mode));
  }

  private static void tell(KmsRequest request, Mode mode) {
    MemorySegment bytes = MemorySegment.ofArray(ModeInfo.bytes(mode));
    for (long at = 0; at < ModeInfo.BYTES; at += Integer.BYTES) {
      request.setInt(CommitCalls.SET_MODE + at, bytes.get(ValueLayout.JAVA_INT_UNALIGNED, at));
    }
  }

  static void encoder(KmsRequest request) {
    int id = request.getInt(0);
    Connector connector =
        request
            .node()
            .encoder(id)
            .orElseThrow(
                () ->
                    request
                        .node()
                        .refused(
                            Errno.ENOENT,
                            "was asked for encoder "
                                + Integer.toUnsignedString(id)
                                + "; it has none of that number"));
    Optional<Crtc> crtc = request.kms().state().of(connector).crtc();
    request.setInt(4, VIRTUAL);
    request.setInt(8, crtc.map(ModeObject::id).orElse(0));
    request.setInt(12, 1 << connector.possibleCrtc().index());
    request.setInt(16, 0);
  }

  static void planes(KmsRequest request) {
    boolean all = request.file().caps().planes();
    request.tell(
        0,
        PLANES_COUNT,
        ids(
            request.node().device().planes().stream()
                .filter(plane -> all || plane.kind() == Plane.Kind.OVERLAY)
                .toList()));
  }

  static void plane(KmsRequest request) {
    Plane plane = request.node().plane(request.getInt(0));
    PlaneState state = request.kms().state().of(plane);
    request.setInt(4, state.crtc().map(ModeObject::id).orElse(0));
    request.setInt(8, state.framebuffer().map(Framebuffer::id).orElse(0));
    request.setInt(PLANE_POSSIBLE, 1 << plane.possibleCrtc().index());
    request.setInt(16, 0);
    request.tell(
        FORMAT_LIST,
        FORMAT_COUNT,
        plane.formats().stream().map(format -> format.drmFourcc()).toList());
  }

  private static List<Integer> ids(List<? extends ModeObject> objects) {
    return objects.stream().map(ModeObject::id).toList();
  }
}
