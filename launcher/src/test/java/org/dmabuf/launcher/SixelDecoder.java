package org.dmabuf.launcher;

import java.util.HashMap;
import java.util.Map;

/** Draws sixels as a terminal does, for tests. */
final class SixelDecoder {
  private final Map<Integer, Integer> colours = new HashMap<>();
  private final Map<String, Integer> pixels = new HashMap<>();
  private final String text;
  private int at;
  private int width;

  SixelDecoder(String text) {
    if (!text.startsWith("\u001bPq") || !text.endsWith("\u001b\\\r\n")) {
      throw new IllegalArgumentException("no sixels");
    }
    this.text = text.substring(3, text.length() - 4);
    decode();
  }

  int at(int x, int y) {
    return pixels.get(x + "," + y);
  }

  int width() {
    return width;
  }

  private void decode() {
    int x = 0;
    int top = 0;
    int colour = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      switch (c) {
        case '#' -> {
          colour = number();
          if (at < text.length() && text.charAt(at) == ';') {
            define(colour);
          }
        }
        case '$' -> x = 0;
        case '-' -> {
          x = 0;
          top += 6;
        }
        case '!' -> {
          int count = number();
          char sixel = text.charAt(at++);
          for (int i = 0; i < count; i++) {
            put(x++, top, colour, sixel);
          }
        }
        default -> put(x++, top, colour, c);
      }
    }
  }

  private void define(int colour) {
    int[] numbers = new int[4];
    for (int i = 0; i < 4; i++) {
      at++;
      numbers[i] = number();
    }
    if (numbers[0] != 2) {
      throw new IllegalArgumentException("not RGB");
    }
    int red = numbers[1] * 255 / 100;
    int green = numbers[2] * 255 / 100;
    int blue = numbers[3] * 255 / 100;
    colours.put(colour, red << 16 | green << 8 | blue);
  }

  private void put(int x, int top, int colour, char sixel) {
    for (int bit = 0; bit < 6; bit++) {
      if (((sixel - '?') >> bit & 1) != 0) {
        pixels.put(x + "," + (top + bit), colours.get(colour));
      }
    }
    width = Math.max(width, x + 1);
  }

  private int number() {
    int from = at;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    return Integer.parseInt(text.substring(from, at));
  }
}
