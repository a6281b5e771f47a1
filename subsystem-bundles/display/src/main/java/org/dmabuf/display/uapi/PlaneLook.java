package org.dmabuf.display.uapi;

import org.dmabuf.display.kms.PlaneState.Colors;
import org.dmabuf.pixel.BlendMode;
import org.dmabuf.pixel.ColorEncoding;
import org.dmabuf.pixel.ColorRange;
import org.dmabuf.pixel.ColorSpace;
import org.dmabuf.pixel.Filter;
import org.dmabuf.pixel.Orientation;

/**
 * The numbers for how a plane looks.
 *
 * <pre>
 *   rotation   bits 0 to 3: counter-clockwise by 0, 90, 180, 270 degrees, one of them;
 *              bit 4: left and right exchanged first, bit 5: top and bottom
 * </pre>
 */
final class PlaneLook {
  private static final int TURNS = 0xf;
  private static final int REFLECT_X = 1 << 4;
  private static final int REFLECT_Y = 1 << 5;
  private static final int FIRST_MIRRORED = Orientation.MIRRORED.ordinal();

  private PlaneLook() {}

  static BlendMode blend(int value) {
    return switch (value) {
      case 0 -> BlendMode.PREMULTIPLIED;
      case 1 -> BlendMode.COVERAGE;
      default -> BlendMode.NONE;
    };
  }

  static int number(BlendMode mode) {
    return switch (mode) {
      case PREMULTIPLIED -> 0;
      case COVERAGE -> 1;
      case NONE -> 2;
    };
  }

  /** Returns colours with one thing changed; null when the value has no meaning for that. */
  static Colors with(Property property, long value, Colors now) {
    ColorSpace space = now.space();
    return switch (property) {
      case COLOR_ENCODING ->
          new Colors(
              new ColorSpace(ColorEncoding.values()[(int) value], space.range()),
              now.orientation(),
              now.filter());
      case COLOR_RANGE ->
          new Colors(
              new ColorSpace(space.encoding(), ColorRange.values()[(int) value]),
              now.orientation(),
              now.filter());
      case SCALING_FILTER ->
          new Colors(space, now.orientation(), value == 0 ? Filter.BILINEAR : Filter.NEAREST);
      case ROTATION -> {
        Orientation orientation = orientation((int) value);
        yield orientation == null ? null : new Colors(space, orientation, now.filter());
      }
      default -> null;
    };
  }

  static long number(Property property, Colors colors) {
    return switch (property) {
      case COLOR_ENCODING -> colors.space().encoding().ordinal();
      case COLOR_RANGE -> colors.space().range().ordinal();
      case SCALING_FILTER -> colors.filter() == Filter.BILINEAR ? 0 : 1;
      default -> rotation(colors.orientation());
    };
  }

  private static Orientation orientation(int bits) {
    if (Integer.bitCount(bits & TURNS) != 1) {
      return null;
    }
    Orientation first = Orientation.UPRIGHT;
    if ((bits & REFLECT_X) != 0) {
      first = first.mirrored();
    }
    if ((bits & REFLECT_Y) != 0) {
      first = first.flipped();
    }
    return first.turned(Integer.numberOfTrailingZeros(bits & TURNS));
  }

  private static int rotation(Orientation orientation) {
    boolean mirrored = orientation.ordinal() >= FIRST_MIRRORED;
    int turns = orientation.ordinal() % FIRST_MIRRORED;
    return 1 << turns | (mirrored ? REFLECT_X : 0);
  }
}
