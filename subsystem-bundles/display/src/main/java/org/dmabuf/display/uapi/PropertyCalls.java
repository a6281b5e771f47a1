package org.dmabuf.display.uapi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsState;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.file.IoctlStruct;

/**
 * Properties and blobs.
 *
 * <pre>
 *   OBJ_GETPROPERTIES   0 props_ptr u64 | 8 prop_values_ptr u64 | 16 count_props u32
 *                       | 20 obj_id u32 | 24 obj_type u32
 *   GETPROPERTY         0 values_ptr u64 | 8 enum_blob_ptr u64 | 16 prop_id u32 | 20 flags u32
 *                       | 24 name, 32 bytes | 56 count_values u32 | 60 count_enum_blobs u32
 *   an enum             0 value u64 | 8 name, 32 bytes
 *   GETPROPBLOB         0 blob_id u32 | 4 length u32 | 8 data u64
 *   CREATEPROPBLOB      0 data u64 | 8 length u32 | 12 blob_id u32
 *   DESTROYPROPBLOB     0 blob_id u32
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_property.c}, {@code drm_mode_object.c}.
 */
final class PropertyCalls {
  static final int OBJECT_BYTES = 32;
  static final int VALUES = 8;
  static final int COUNT = 16;
  static final int OBJECT = 20;
  static final int OBJECT_TYPE = 24;
  static final int PROPERTY_BYTES = 64;
  static final int PROPERTY_ID = 16;
  static final int NAME = 24;
  static final int NAME_BYTES = 32;
  static final int BLOB_BYTES = 16;
  static final int BLOB_LENGTH = 8;
  static final int BLOB_ID = 12;

  private static final int FLAGS = 20;
  private static final int VALUE_COUNT = 56;
  private static final int ENUM_COUNT = 60;
  private static final int ENUM_BYTES = 40;

  private PropertyCalls() {}

  static void properties(KmsRequest request) {
    int id = request.getInt(OBJECT);
    int type = request.getInt(OBJECT_TYPE);
    ModeObject object =
        request
            .node()
            .object(id)
            .filter(
                found -> type == ModeObjectType.ANY || ModeObjectType.of(found).number() == type)
            .orElseThrow(
                () ->
                    request
                        .node()
                        .refused(
                            Errno.ENOENT,
                            "was asked for the properties of object "
                                + Integer.toUnsignedString(id)
                                + " of type 0x"
                                + Integer.toHexString(type)
                                + "; it has none of both"));
    tellProperties(request, object, 0, VALUES, COUNT);
  }

  /** Tells the properties of an object, and what they are set to. */
  static void tellProperties(
      KmsRequest request, ModeObject object, long idsAt, long valuesAt, long countAt) {
    List<Property> all =
        Arrays.stream(Property.values()).filter(property -> property.isOf(object)).toList();
    if (request.getUnsigned(countAt) >= all.size()) {
      KmsState state = request.kms().state();
      IoctlStruct values = request.list(request.getLong(valuesAt), (long) all.size() * Long.BYTES);
      for (int i = 0; i < all.size(); i++) {
        values.setLong((long) i * Long.BYTES, PropertyValues.of(state, object, all.get(i)));
      }
    }
    request.tell(idsAt, countAt, all.stream().map(request.node()::id).toList());
  }

  static void property(KmsRequest request) {
    int id = request.getInt(PROPERTY_ID);
    Property property =
        request
            .node()
            .property(id)
            .orElseThrow(
                () ->
                    request
                        .node()
                        .refused(
                            Errno.ENOENT,
                            "was asked for property "
                                + Integer.toUnsignedString(id)
                                + "; it has none of that number"));
    request.setInt(FLAGS, property.flags());
    request.struct().setText(NAME, NAME_BYTES, property.label());
    tellValues(request, property);
    tellNames(request, property);
  }

  private static void tellValues(KmsRequest request, Property property) {
    List<Long> values = new ArrayList<>();
    for (long limit : property.range()) {
      values.add(limit);
    }
    for (int i = 0; i < property.names().size(); i++) {
      values.add((long) i);
    }
    if (request.getUnsigned(VALUE_COUNT) >= values.size() && !values.isEmpty()) {
      IoctlStruct list = request.list(request.getLong(0), (long) values.size() * Long.BYTES);
      for (int i = 0; i < values.size(); i++) {
        list.setLong((long) i * Long.BYTES, values.get(i));
      }
    }
    request.setInt(VALUE_COUNT, values.size());
  }

  private static void tellNames(KmsRequest request, Property property) {
    List<String> names = property.names();
    if (request.getUnsigned(ENUM_COUNT) >= names.size() && !names.isEmpty()) {
      IoctlStruct list = request.list(request.getLong(VALUES), (long) names.size() * ENUM_BYTES);
      for (int i = 0; i < names.size(); i++) {
        list.setLong((long) i * ENUM_BYTES, i);
        list.setText((long) i * ENUM_BYTES + Long.BYTES, NAME_BYTES, names.get(i));
      }
    }
    request.setInt(ENUM_COUNT, names.size());
  }

  static void blob(KmsRequest request) {
    int id = request.getInt(0);
    byte[] bytes =
        request
            .node()
            .blobs()
            .find(id)
            .orElseThrow(
                () ->
                    request
                        .node()
                        .refused(
                            Errno.ENOENT,
                            "was asked for blob "
                                + Integer.toUnsignedString(id)
                                + "; it has none of that number"));
    if (request.getUnsigned(4) == bytes.length) {
      IoctlStruct data = request.list(request.getLong(8), bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        data.setByte(i, bytes[i]);
      }
    }
    request.setInt(4, bytes.length);
  }

  static void createBlob(KmsRequest request) {
    int length = Blobs.checkedLength(request.getInt(BLOB_LENGTH));
    IoctlStruct data = request.list(request.getLong(0), length);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = data.getByte(i);
    }
    int id = request.node().device().nextId();
    request.setInt(BLOB_ID, id);
    request.node().blobs().add(id, request.file(), bytes);
  }

  static void destroyBlob(KmsRequest request) {
    request.node().blobs().remove(request.getInt(0), request.file());
  }
}
