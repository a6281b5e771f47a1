package org.dmabuf.launcher;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The screens that the caller wants to look at, as the bundle behind a command knows them: it hands
 * out {@code width}, {@code height} and {@code argb}.
 */
final class Screens implements AutoCloseable, Consumer<Map<String, Object>> {
  private final List<Screen> screens;

  Screens(List<Screen> screens) {
    this.screens = List.copyOf(screens);
  }

  boolean isEmpty() {
    return screens.isEmpty();
  }

  @Override
  public void accept(Map<String, Object> picture) {
    if (picture.get("width") instanceof Integer width
        && picture.get("height") instanceof Integer height
        && picture.get("argb") instanceof int[] argb) {
      screens.forEach(screen -> screen.show(width, height, argb));
    }
  }

  @Override
  public void close() {
    screens.forEach(Screen::close);
  }
}
