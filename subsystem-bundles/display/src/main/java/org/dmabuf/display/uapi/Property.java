package org.dmabuf.display.uapi;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.ModeObject;

/**
 * The properties, with the values that they take.
 *
 * <p>Kernel counterpart: {@code drm_mode_create_standard_properties()} and what drivers add.
 */
enum Property {
  TYPE("type", Form.ENUM, 0, 2, true, ModeObjectType.PLANE),
  FB_ID("FB_ID", Form.OBJECT, 0, 0, false, ModeObjectType.PLANE),
  CRTC_ID("CRTC_ID", Form.OBJECT, 0, 0, false, ModeObjectType.PLANE, ModeObjectType.CONNECTOR),
  CRTC_X("CRTC_X", Form.SIGNED, Integer.MIN_VALUE, Integer.MAX_VALUE, false, ModeObjectType.PLANE),
  CRTC_Y("CRTC_Y", Form.SIGNED, Integer.MIN_VALUE, Integer.MAX_VALUE, false, ModeObjectType.PLANE),
  CRTC_W("CRTC_W", Form.RANGE, 0, Integer.MAX_VALUE, false, ModeObjectType.PLANE),
  CRTC_H("CRTC_H", Form.RANGE, 0, Integer.MAX_VALUE, false, ModeObjectType.PLANE),
  SRC_X("SRC_X", Form.RANGE, 0, 0xffff_ffffL, false, ModeObjectType.PLANE),
  SRC_Y("SRC_Y", Form.RANGE, 0, 0xffff_ffffL, false, ModeObjectType.PLANE),
  SRC_W("SRC_W", Form.RANGE, 0, 0xffff_ffffL, false, ModeObjectType.PLANE),
  SRC_H("SRC_H", Form.RANGE, 0, 0xffff_ffffL, false, ModeObjectType.PLANE),
  IN_FENCE_FD("IN_FENCE_FD", Form.SIGNED, -1, Integer.MAX_VALUE, false, ModeObjectType.PLANE),
  ALPHA("alpha", Form.RANGE, 0, 0xffff, false, ModeObjectType.PLANE),
  BLEND("pixel blend mode", Form.ENUM, 0, 2, false, ModeObjectType.PLANE),
  ZPOS("zpos", Form.RANGE, 0, 255, false, ModeObjectType.PLANE),
  ROTATION("rotation", Form.BITMASK, 0, 0x3f, false, ModeObjectType.PLANE),
  COLOR_ENCODING("COLOR_ENCODING", Form.ENUM, 0, 2, false, ModeObjectType.PLANE),
  COLOR_RANGE("COLOR_RANGE", Form.ENUM, 0, 1, false, ModeObjectType.PLANE),
  SCALING_FILTER("SCALING_FILTER", Form.ENUM, 0, 1, false, ModeObjectType.PLANE),
  FB_DAMAGE_CLIPS("FB_DAMAGE_CLIPS", Form.BLOB, 0, 0, false, ModeObjectType.PLANE),
  ACTIVE("ACTIVE", Form.RANGE, 0, 1, false, ModeObjectType.CRTC),
  MODE_ID("MODE_ID", Form.BLOB, 0, 0, false, ModeObjectType.CRTC),
  OUT_FENCE_PTR("OUT_FENCE_PTR", Form.RANGE, 0, -1, false, ModeObjectType.CRTC),
  WRITEBACK_FB_ID("WRITEBACK_FB_ID", Form.OBJECT, 0, 0, false, ModeObjectType.CONNECTOR),
  WRITEBACK_OUT_FENCE_PTR(
      "WRITEBACK_OUT_FENCE_PTR", Form.RANGE, 0, -1, false, ModeObjectType.CONNECTOR);

  /** What a value is. The numbers are {@code DRM_MODE_PROP_*}. */
  enum Form {
    RANGE(1 << 1),
    ENUM(1 << 3),
    BLOB(1 << 4),
    BITMASK(1 << 5),
    OBJECT(1 << 6),
    SIGNED(2 << 6);

    private final int flag;

    Form(int flag) {
      this.flag = flag;
    }
  }

  private static final int IMMUTABLE = 1 << 2;
  private static final int ATOMIC = 0x8000_0000;

  private final String label;
  private final Form form;
  private final long least;
  private final long most;
  private final boolean immutable;
  private final Set<ModeObjectType> types;

  Property(
      String label, Form form, long least, long most, boolean immutable, ModeObjectType... types) {
    this.label = label;
    this.form = form;
    this.least = least;
    this.most = most;
    this.immutable = immutable;
    this.types = EnumSet.copyOf(List.of(types));
  }

  /** Returns its name as programs know it. */
  String label() {
    return label;
  }

  Form form() {
    return form;
  }

  boolean isImmutable() {
    return immutable;
  }

  /** Returns the flags as programs know them. */
  int flags() {
    boolean old = this == TYPE || this == ALPHA || this == BLEND || this == ZPOS;
    return form.flag | (immutable ? IMMUTABLE : 0) | (old ? 0 : ATOMIC);
  }

  /** Returns the least and the most value, of one whose values are a range. */
  long[] range() {
    return form == Form.RANGE || form == Form.SIGNED ? new long[] {least, most} : new long[0];
  }

  /** Returns the names of the values from 0 on, or of the bits, of one that has names. */
  List<String> names() {
    return switch (this) {
      case TYPE -> List.of("Overlay", "Primary", "Cursor");
      case BLEND -> List.of("Pre-multiplied", "Coverage", "None");
      case COLOR_ENCODING ->
          List.of("ITU-R BT.601 YCbCr", "ITU-R BT.709 YCbCr", "ITU-R BT.2020 YCbCr");
      case COLOR_RANGE -> List.of("YCbCr limited range", "YCbCr full range");
      case SCALING_FILTER -> List.of("Default", "Nearest Neighbor");
      case ROTATION ->
          List.of("rotate-0", "rotate-90", "rotate-180", "rotate-270", "reflect-x", "reflect-y");
      default -> List.of();
    };
  }

  /** Returns whether an object has it. */
  boolean isOf(ModeObject object) {
    boolean written = this == WRITEBACK_FB_ID || this == WRITEBACK_OUT_FENCE_PTR;
    boolean screen = object instanceof Connector to && to.kind() == Connector.Kind.SCREEN;
    return types.contains(ModeObjectType.of(object)) && !(written && screen);
  }

  /** Returns whether it can have a value, as far as that does not depend on what there is. */
  boolean takes(long value) {
    return switch (form) {
      case RANGE, ENUM, BITMASK ->
          Long.compareUnsigned(value, least) >= 0 && Long.compareUnsigned(value, most) <= 0;
      case SIGNED -> value >= least && value <= most;
      case OBJECT, BLOB -> value >= 0 && value <= Integer.MAX_VALUE;
    };
  }
}
