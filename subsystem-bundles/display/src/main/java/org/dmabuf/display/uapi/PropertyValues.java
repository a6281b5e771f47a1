package org.dmabuf.display.uapi;

import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.CrtcState;
import org.dmabuf.display.kms.KmsState;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.display.kms.PlaneState;

/**
 * What properties are set to, as numbers. Fences, and what is to be written, are told as none: they
 * are of one commit.
 *
 * <p>Kernel counterpart: {@code drm_atomic_get_property()}.
 */
final class PropertyValues {
  private PropertyValues() {}

  static long of(KmsState state, ModeObject object, Property property) {
    return switch (object) {
      case Crtc crtc -> of(state.of(crtc), property);
      case Plane plane -> of(plane, state.of(plane), property);
      case Connector connector ->
          property == Property.CRTC_ID ? state.of(connector).crtc().map(Crtc::id).orElse(0) : 0;
    };
  }

  private static long of(CrtcState state, Property property) {
    return switch (property) {
      case ACTIVE -> state.active() ? 1 : 0;
      case MODE_ID -> state.modeId();
      default -> 0;
    };
  }

  private static long of(Plane plane, PlaneState state, Property property) {
    return switch (property) {
      case TYPE -> plane.kind().ordinal();
      case FB_ID -> state.framebuffer().map(framebuffer -> framebuffer.id()).orElse(0);
      case CRTC_ID -> state.crtc().map(Crtc::id).orElse(0);
      case CRTC_X -> state.destination().x();
      case CRTC_Y -> state.destination().y();
      case CRTC_W -> state.destination().width();
      case CRTC_H -> state.destination().height();
      case SRC_X -> Integer.toUnsignedLong(state.source().x());
      case SRC_Y -> Integer.toUnsignedLong(state.source().y());
      case SRC_W -> state.source().width();
      case SRC_H -> state.source().height();
      case IN_FENCE_FD -> -1;
      case ALPHA -> state.blending().alpha();
      case BLEND -> PlaneLook.number(state.blending().mode());
      case ZPOS -> state.blending().zpos();
      case ROTATION, COLOR_ENCODING, COLOR_RANGE, SCALING_FILTER ->
          PlaneLook.number(property, state.colors());
      default -> 0;
    };
  }
}
