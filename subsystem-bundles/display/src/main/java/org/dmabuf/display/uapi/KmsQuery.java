package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.display.Mode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * How a program finds out what a display has and what it is set to, with one call each. All calls
 * throw what those of {@link KmsIoctl} do.
 */
public final class KmsQuery {
  /** Tells CRTCs and connectors. */
  public static final int GETRESOURCES =
      Ioctl.readWrite(KmsIoctl.TYPE, 0xa0, ResourceCalls.RESOURCES_BYTES);

  /** Tells of a connector. */
  public static final int GETCONNECTOR = Ioctl.readWrite(KmsIoctl.TYPE, 0xa7, ConnectorCalls.BYTES);

  /** Tells of a property. */
  public static final int GETPROPERTY =
      Ioctl.readWrite(KmsIoctl.TYPE, 0xaa, PropertyCalls.PROPERTY_BYTES);

  /** Tells the planes. */
  public static final int GETPLANERESOURCES =
      Ioctl.readWrite(KmsIoctl.TYPE, 0xb5, ResourceCalls.PLANES_BYTES);

  /** Tells of a plane. */
  public static final int GETPLANE =
      Ioctl.readWrite(KmsIoctl.TYPE, 0xb6, ResourceCalls.PLANE_BYTES);

  /** Tells the properties of an object. */
  public static final int OBJ_GETPROPERTIES =
      Ioctl.readWrite(KmsIoctl.TYPE, 0xb9, PropertyCalls.OBJECT_BYTES);

  /** Tells of a framebuffer. */
  public static final int GETFB2 = Ioctl.readWrite(KmsIoctl.TYPE, 0xce, FramebufferCalls.ADD_BYTES);

  /** Value of a plane's property "type": the one that page flips are about. */
  public static final int PRIMARY = 1;

  /** More than any display has of anything. */
  private static final int ROOM = 256;

  private KmsQuery() {}

  /**
   * What a display has.
   *
   * @param crtcs numbers of its CRTCs, in the order of their indices
   * @param connectors numbers of its connectors; without CAP_WRITEBACK only those of screens
   */
  public record Resources(List<Integer> crtcs, List<Integer> connectors) {}

  /** A connector: what it is, whether a screen is connected, and the modes that it prefers. */
  public record ConnectorInfo(boolean isWriteback, boolean isConnected, List<Mode> modes) {
    /** Copies the modes. */
    public ConnectorInfo {
      modes = List.copyOf(modes);
    }
  }

  /** A property of an object: its number, and what it is set to. */
  public record PropertyInfo(int id, long value) {}

  /**
   * A framebuffer: what it is, and a new handle of its first buffer, 0 for who is not the master.
   */
  public record FramebufferInfo(int width, int height, int fourcc, int pitch, int handle) {}

  /** Returns the CRTCs and connectors. */
  public static Resources resources(FileTable table, int device) {
    int bytes = Ioctl.bytes(GETRESOURCES);
    MemorySegment memory = KmsIoctl.segment(GETRESOURCES, 2L * ROOM * Integer.BYTES);
    IoctlStruct struct = IoctlStruct.of(GETRESOURCES, memory);
    long crtcs = memory.address() + bytes;
    struct.setLong(ResourceCalls.CRTC_LIST, crtcs);
    struct.setLong(ResourceCalls.CONNECTOR_LIST, crtcs + (long) ROOM * Integer.BYTES);
    struct.setInt(ResourceCalls.CRTC_COUNT, ROOM);
    struct.setInt(ResourceCalls.CONNECTOR_COUNT, ROOM);
    table.ioctl(device, GETRESOURCES, memory);
    return new Resources(
        ints(memory, bytes, struct.getInt(ResourceCalls.CRTC_COUNT)),
        ints(
            memory,
            bytes + (long) ROOM * Integer.BYTES,
            struct.getInt(ResourceCalls.CONNECTOR_COUNT)));
  }

  /**
   * Returns what a connector is.
   *
   * @throws DmaBufException ENOENT for none of that number
   */
  public static ConnectorInfo connector(FileTable table, int device, int id) {
    int bytes = Ioctl.bytes(GETCONNECTOR);
    MemorySegment memory = KmsIoctl.segment(GETCONNECTOR, (long) ROOM * ModeInfo.BYTES);
    IoctlStruct struct = IoctlStruct.of(GETCONNECTOR, memory);
    struct.setLong(ConnectorCalls.MODES, memory.address() + bytes);
    struct.setInt(ConnectorCalls.MODE_COUNT, ROOM);
    struct.setInt(ConnectorCalls.ID, id);
    table.ioctl(device, GETCONNECTOR, memory);
    List<Mode> modes = new ArrayList<>();
    for (int i = 0; i < struct.getInt(ConnectorCalls.MODE_COUNT); i++) {
      modes.add(ModeInfo.read(memory.asSlice(bytes + (long) i * ModeInfo.BYTES, ModeInfo.BYTES)));
    }
    return new ConnectorInfo(
        struct.getInt(ConnectorCalls.TYPE) == ConnectorCalls.TYPE_WRITEBACK,
        struct.getInt(ConnectorCalls.CONNECTION) == ConnectorCalls.CONNECTED,
        modes);
  }

  /** Returns the planes' numbers; without CAP_ATOMIC only those of overlays. */
  public static List<Integer> planes(FileTable table, int device) {
    int bytes = Ioctl.bytes(GETPLANERESOURCES);
    MemorySegment memory = KmsIoctl.segment(GETPLANERESOURCES, (long) ROOM * Integer.BYTES);
    IoctlStruct struct = IoctlStruct.of(GETPLANERESOURCES, memory);
    struct.setLong(0, memory.address() + bytes);
    struct.setInt(ResourceCalls.PLANES_COUNT, ROOM);
    table.ioctl(device, GETPLANERESOURCES, memory);
    return ints(memory, bytes, struct.getInt(ResourceCalls.PLANES_COUNT));
  }

  /**
   * Returns as a bit mask of indices the CRTCs that can show a plane.
   *
   * @throws DmaBufException ENOENT for none of that number
   */
  public static int possibleCrtcs(FileTable table, int device, int plane) {
    MemorySegment memory = KmsIoctl.segment(GETPLANE, 0);
    IoctlStruct struct = IoctlStruct.of(GETPLANE, memory);
    struct.setInt(0, plane);
    table.ioctl(device, GETPLANE, memory);
    return struct.getInt(ResourceCalls.PLANE_POSSIBLE);
  }

  /**
   * Returns the properties of an object by name.
   *
   * @throws DmaBufException ENOENT for none of that number and type
   */
  public static Map<String, PropertyInfo> properties(
      FileTable table, int device, ModeObjectType type, int object) {
    int bytes = Ioctl.bytes(OBJ_GETPROPERTIES);
    long values = bytes + (long) ROOM * Integer.BYTES;
    MemorySegment memory =
        KmsIoctl.segment(OBJ_GETPROPERTIES, (long) ROOM * (Integer.BYTES + Long.BYTES));
    IoctlStruct struct = IoctlStruct.of(OBJ_GETPROPERTIES, memory);
    struct.setLong(0, memory.address() + bytes);
    struct.setLong(PropertyCalls.VALUES, memory.address() + values);
    struct.setInt(PropertyCalls.COUNT, ROOM);
    struct.setInt(PropertyCalls.OBJECT, object);
    struct.setInt(PropertyCalls.OBJECT_TYPE, type.number());
    table.ioctl(device, OBJ_GETPROPERTIES, memory);
    Map<String, PropertyInfo> properties = new LinkedHashMap<>();
    List<Integer> ids = ints(memory, bytes, struct.getInt(PropertyCalls.COUNT));
    for (int i = 0; i < ids.size(); i++) {
      long value = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, values + (long) i * Long.BYTES);
      properties.put(name(table, device, ids.get(i)), new PropertyInfo(ids.get(i), value));
    }
    return properties;
  }

  /**
   * Returns what a framebuffer is, whoever made it.
   *
   * @throws DmaBufException ENOENT for none of that number
   */
  public static FramebufferInfo framebuffer(FileTable table, int device, int fb) {
    MemorySegment memory = KmsIoctl.segment(GETFB2, 0);
    IoctlStruct struct = IoctlStruct.of(GETFB2, memory);
    struct.setInt(0, fb);
    table.ioctl(device, GETFB2, memory);
    return new FramebufferInfo(
        struct.getInt(FramebufferCalls.WIDTH),
        struct.getInt(FramebufferCalls.HEIGHT),
        struct.getInt(FramebufferCalls.FORMAT),
        struct.getInt(FramebufferCalls.PITCHES),
        struct.getInt(FramebufferCalls.HANDLES));
  }

  private static String name(FileTable table, int device, int property) {
    MemorySegment memory = KmsIoctl.segment(GETPROPERTY, 0);
    IoctlStruct struct = IoctlStruct.of(GETPROPERTY, memory);
    struct.setInt(PropertyCalls.PROPERTY_ID, property);
    table.ioctl(device, GETPROPERTY, memory);
    return struct.getText(PropertyCalls.NAME, PropertyCalls.NAME_BYTES);
  }

  private static List<Integer> ints(MemorySegment memory, long at, int count) {
    List<Integer> ints = new ArrayList<>();
    for (int i = 0; i < Math.min(count, ROOM); i++) {
      ints.add(memory.get(ValueLayout.JAVA_INT_UNALIGNED, at + (long) i * Integer.BYTES));
    }
    return ints;
  }
}
